/** Characters that only look like those of a number, as those of a number. */

const LINE = /\s*[\t\n\v\f\r\u0085\u2028\u2029]\s*/g;
const UNSEEN = /[\p{Cf}\p{Cc}]/gu;
/** in a text of bytes as in a URI: a space and the punctuation of ASCII, `%2B` among it */
const PERCENT = /%2[0-9a-f]/gi;
const QUOTES = /^[\s'"`´‘’“”«»=]+|[\s'"`´‘’“”«»]+$/g;

/**
 * The text with the digits, dashes, spaces and signs of ASCII, without what cannot be seen and without quotes around it.
 * What parts lines or cells is `\n`.
 */
export function plainText(text: string): string {
  return text
    .replace(LINE, '\n')
    .normalize('NFKC')
    .replace(UNSEEN, (found) => (found === '\n' ? found : ''))
    .replace(/\p{Zs}+/gu, ' ')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/\p{Nd}/gu, digitOf)
    .replace(PERCENT, decodeURIComponent)
    .replace(QUOTES, '');
}

/** Every script has its digits from zero to nine in a row. */
function digitOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}
