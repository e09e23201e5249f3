/** How what a person typed into the search box is looked for in the texts of `searchedTexts.ts`. */
import { type Expression, type SqlBool, sql } from 'kysely';
import { BEGIN, letters, NUMBER_END, plain, RAW_END } from '../tables/searchText.ts';

const NUMBER_CHARACTERS = /^[+\d\s()./-]+$/;

/** More words than this are looked for as they stand: the rest of them is one text. */
export const MAX_WORDS = 6;

/**
 * What is looked for one by one, whatever the order, those first of which there are probably fewest. A number is one word, as
 * people write it: `lambrou +30 691 234` → `+30 691 234`, `lambrou`.
 */
export function wordsOf(text: string): readonly [string, ...string[]] {
  const words: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const before = words.at(-1);
    const goesOn = before !== undefined && NUMBER_CHARACTERS.test(before) && NUMBER_CHARACTERS.test(word);
    if (goesOn) words.splice(-1, 1, `${before} ${word}`);
    else words.push(word);
  }
  const rest = words.splice(MAX_WORDS - 1).join(' ');
  const [first = '', ...others] = [...words, ...(rest === '' ? [] : [rest])].sort((a, b) => b.length - a.length);
  return [first, ...others];
}

/** A LIKE pattern for `text` anywhere; what LIKE would read as a wildcard is taken literally. */
export function containing(text: string): string {
  return `%${literally(text)}%`;
}

/**
 * The digits that a stored number must contain if `text` is (a part of) a number, else null. Leading zeros are left out:
 * `069…` and `+49 (0)69…` are one number, and stored it has neither zero.
 */
export function digitsOf(text: string): string | null {
  if (!NUMBER_CHARACTERS.test(text)) return null;
  const digits = text.replace('(0)', '').replace(/\D/g, '');
  return digits.replace(/^0+(?=\d)/, '') || null;
}

/** LIKE patterns of the texts in which `text` stands anywhere; if it is too short for the index, at the beginning of a word. */
export function mentioning(text: string): readonly string[] {
  const wanted = plain(text);
  const pattern = literally(wanted);
  return isShort(wanted) ? [`%${BEGIN}${pattern}%`, `% ${pattern}%`] : [`%${pattern}%`];
}

/** The same of an entry's texts, of which the first two are numbers. */
export function mentionedInEntry(text: string): readonly string[] {
  const digits = digitsOf(text);
  if (digits === null) return mentioning(text);
  const inNumber = isShort(digits)
    ? [`%${digits}%${NUMBER_END}%`, ...mentioning(digits).map((pattern) => `${pattern}${RAW_END}%`)]
    : [`%${digits}%${RAW_END}%`];
  return digits === plain(text) && !isShort(digits) ? mentioning(text) : [...mentioning(text), ...inNumber];
}

/** Whether the index of entries finds it by more than the beginning of a word. */
export function isInIndex(text: string): boolean {
  return !isShort(digitsOf(text) ?? plain(text));
}

type Texts = 'entry_text' | 'customer_text';

/** Whether a row of texts has one of the patterns: each found by the index, and of what it finds a few too many the true ones. */
export function foundIn(table: Texts, patterns: readonly string[]): Expression<SqlBool> {
  return anyOf(
    patterns,
    (pattern) => sql`(${like(table, 'letters', letters(pattern))} and ${like(table, 'plain', pattern)})`,
  );
}

/** The same without the index, for a row that is at hand. */
export function standsIn(table: Texts, patterns: readonly string[]): Expression<SqlBool> {
  return anyOf(patterns, (pattern) => like(table, 'plain', pattern));
}

function like(table: Texts, column: 'plain' | 'letters', pattern: string): Expression<SqlBool> {
  return sql<SqlBool>`${sql.ref(`${table}.${column}`)} like ${pattern}`;
}

function anyOf(patterns: readonly string[], condition: (pattern: string) => Expression<SqlBool>): Expression<SqlBool> {
  return sql<SqlBool>`(${sql.join(patterns.map(condition), sql` or `)})`;
}

/** An index by three characters that stand together in a word does not find it. */
function isShort(plainText: string): boolean {
  return !/[a-z0-9]{3}/.test(letters(plainText));
}

function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
