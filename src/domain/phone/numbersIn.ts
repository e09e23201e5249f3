/** Several numbers that stand in one text, as address books and spreadsheets write them. */
import { isExtensionAlone } from './cleaned.ts';
import { plainText } from './plainText.ts';

/** What is beyond is not read. */
export const MOST_IN_TEXT = { characters: 1000, numbers: 50 } as const;
/** No E.164 number has more digits: what has more is more than one. */
const MAX_DIGITS = 15;
/** Fewer are no number, and may be the end of another one like that before: `2101234567 / 8`. */
const LEAST_DIGITS = 5;
/** So many are a number that another can follow: `0211` of `0211/123456` are not. */
const WHOLE = { national: 7, international: 10 };

/** `3.06912E+11`, `3,06912E+11`: a spreadsheet has lost the digits. */
const SCIENTIFIC = /^[0-9]+(?:[.,][0-9]+)?e[+-]?[0-9]+$/i;
/** Not the pause before an extension (`6912345678,101`), nor the `;npdi` and `;phone-context=+30` of a URI. */
const SEPARATOR = /[|\n]|,(?!\d{1,4}(?!\d))|:::|;(?![a-z][a-z-]*(?:=[^;,\s]*)?(?:[;,]|$))/i;
/** What parts two numbers only where there is a whole one on each side: `/`, a word, a space, the next `+`. */
const PERHAPS = /\s?\/\s?|\s(?:[^\d+(]*\s)?(?=[\d+(])|(?<=\d)(?=\(?\+)/g;

/**
 * The numbers of a text, each as it stands there but for characters that cannot be seen. What has digits and is no number
 * stands beside them as one that cannot be read, but for the extension of the one before, which stays with it; so does the
 * whole of a text that has no number. At most 50; empty: there is nothing.
 */
export function numbersIn(text: string): readonly string[] {
  const plain = plainText(text.slice(0, MOST_IN_TEXT.characters)).slice(0, MOST_IN_TEXT.characters);
  if (plain === '' || SCIENTIFIC.test(plain)) return plain === '' ? [] : [plain];
  const parts = plain.split(SEPARATOR).flatMap(apart);
  const numbers = withTheirExtensions(parts.map((part) => part.trim()).filter((part) => digitsOf(part) !== ''));
  return numbers.some(isLongEnough) ? numbers.slice(0, MOST_IN_TEXT.numbers) : [plain];
}

/** The one that counts where only one can; `''`: there is nothing. */
export function firstNumberIn(text: string): string {
  const numbers = numbersIn(text);
  return numbers.find(isLongEnough) ?? numbers[0] ?? '';
}

function withTheirExtensions(parts: readonly string[]): string[] {
  const numbers: string[] = [];
  for (const part of parts) {
    const before = numbers.at(-1);
    if (before !== undefined && isExtensionAlone(part)) numbers[numbers.length - 1] = `${before} ${part}`;
    else numbers.push(part);
  }
  return numbers;
}

function apart(text: string): string[] {
  const isTooMuch = digitsOf(text).replace(/^0(?:0|11)/, '').length > MAX_DIGITS;
  const parts: string[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(PERHAPS)) {
    const [left, right] = [text.slice(from, index), text.slice(index + found.length)];
    const isSlash = found.includes('/');
    const parting = isTooMuch || isSlash || right.startsWith('+') || right.startsWith('(+');
    const isShortAfter = isSlash && !isLongEnough(right);
    if (!parting || !isWhole(left) || !(isWhole(right) || isShortAfter)) continue;
    parts.push(left);
    from = index + found.length;
  }
  return [...parts, text.slice(from)];
}

function isLongEnough(text: string): boolean {
  return digitsOf(text).length >= LEAST_DIGITS;
}

function isWhole(text: string): boolean {
  const least = /^[\s(]*(?:\+|00)/.test(text) ? WHOLE.international : WHOLE.national;
  return digitsOf(text).length >= least;
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
