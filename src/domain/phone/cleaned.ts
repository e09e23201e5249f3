/** One number without what people and systems write around it. */
import { plainText } from './plainText.ts';

const MAX_TEXT = 128;
const MAX_DIGITS = 24;

/** `Maria <sip:6912345678@host>` */
const IN_BRACKETS = /<([^<>]+)>/;
const SCHEME = /^(?:tel|sips?|callto|fax|sms):(?:\/\/)?/i;
const HOST = /@.*$/;
const CONTEXT = /;phone-context=(\+[0-9]{1,7})/i;
const PARAMETERS = /;.*$/;
const EXTENSION =
  /[\s(]*(?:e?xt(?:ensi[oó]n?|n)?|int|anexo|ramal|poste|durchwahl|εσωτ|доб|x|#|~|,)[.:]?\s*[0-9]{1,6}\)?$/i;
/** What a spreadsheet makes of a number that it counts with. */
const DECIMALS = /^(\+?[0-9]{7,})[.,]0{1,2}$/;
/** `Tel.: `, `c6912345678`; ` (office)`, `6912345678#` */
const LABELS = /^[^0-9+(*#]+|[^0-9]+$/g;
const PUNCTUATION = /[\s()[\]./~·_-]/g;

/** `ext. 12`: of the number before it. */
export function isExtensionAlone(text: string): boolean {
  return text.replace(EXTENSION, '') === '';
}

/** `(+30) 691 234-5678`, `tel:+306912345678`, `6912345678 ext. 12` → digits, with `+` where it stands; null: no number. */
export function cleaned(raw: string): string | null {
  if (raw.length > MAX_TEXT) return null;
  const plain = plainText(raw);
  const uri = (IN_BRACKETS.exec(plain)?.[1] ?? plain).replace(SCHEME, '');
  const digits = uri
    .replace(HOST, '')
    .replace(PARAMETERS, '')
    .trim()
    .replace(EXTENSION, '')
    .replace(DECIMALS, '$1')
    .replace(LABELS, '')
    .replace(PUNCTUATION, '');
  const number = digits.startsWith('+') ? digits : `${CONTEXT.exec(uri)?.[1] ?? ''}${digits}`;
  return /^\+?[0-9]+$/.test(number) && number.length <= MAX_DIGITS ? number : null;
}
