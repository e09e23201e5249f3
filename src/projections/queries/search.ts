/** How what a person typed into the search box is looked for. */
import { type Expression, type SqlBool, sql } from 'kysely';
import { letters, lettersSql, plain, plainSql } from '../tables/searchText.ts';

const NUMBER_CHARACTERS = /^[+\d\s()./-]+$/;
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

/**
 * Whether `text` stands anywhere in a column (a name as SQL writes it), whatever its case and accents; one that is too short
 * for the index, at the beginning of a word.
 */
export function mentions(column: string, text: string): Expression<SqlBool> {
  const wanted = plain(text);
  // the first finds by an index, and a few too many
  return sql<SqlBool>`(${isLike(lettersSql(column), patterns(letters(wanted)))}
    and ${isLike(plainSql(column), patterns(wanted))})`;
}

/** The same of the texts of the notes in a column of notes. */
export function hasNote(column: string, text: string): Expression<SqlBool> {
  const wanted = plain(text);
  const escaped = [...letters(wanted)].map(inJson).join('');
  const anywhere = isShort(wanted) ? [`%"${escaped}%`, `% ${escaped}%`] : [`%${escaped}%`];
  return sql<SqlBool>`(${sql.raw(column)}::text <> '[]'
    and ${isLike(lettersSql(`${column}::text`), anywhere)}
    and exists (select from json_array_elements(${sql.raw(column)}) as note
                where ${isLike(plainSql("note ->> 'text'"), patterns(wanted))}))`;
}

function isLike(column: string, patterns: readonly string[]): Expression<SqlBool> {
  return sql<SqlBool>`(${sql.join(
    patterns.map((pattern) => sql`${sql.raw(column)} like ${pattern}`),
    sql` or `,
  )})`;
}

function patterns(plainText: string): readonly string[] {
  const text = literally(plainText);
  return isShort(plainText) ? [`${text}%`, `% ${text}%`] : [`%${text}%`];
}

/** An index by three characters that stand together in a word does not find it. */
function isShort(plainText: string): boolean {
  return !/[a-z0-9]{3}/.test(letters(plainText));
}

/** A pattern for a character in JSON: anything where JSON writes it otherwise than it is. */
function inJson(character: string): string {
  return JSON.stringify(character) === `"${character}"` ? literally(character) : '%';
}

function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
