/** How what a person typed into the search box is looked for. */
import { type Expression, type SqlBool, sql } from 'kysely';

const NUMBER_CHARACTERS = /^[+\d\s()./-]+$/;

/** A LIKE pattern for `text` anywhere; what LIKE would read as a wildcard is taken literally. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
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
 * Whether `text` stands anywhere in a name or a note, whatever its case and accents: `ΔΕΛΤΑ` finds `Δέλτα`. Both sides go
 * through the same steps. PostgreSQL's `normalize` needs a database in UTF-8.
 */
export function mentions(column: Expression<string | null>, text: string): Expression<SqlBool> {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('ς', 'σ');
  return sql<SqlBool>`translate(regexp_replace(lower(normalize(${column}, nfkd)), '[\\u0300-\\u036f]', '', 'g'), 'ς', 'σ')
    like ${containing(plain)}`;
}
