/**
 * How texts are compared when somebody searches: in TypeScript for what was typed, in SQL for what is stored. Both sides go
 * through the same steps.
 */

/** Whatever the case and the accents: `ΔΕΛΤΑ` is `Δέλτα`. */
export function plain(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('ς', 'σ');
}

/** The same of a column. PostgreSQL's `normalize` needs a database in UTF-8. */
export function plainSql(column: string): string {
  return `translate(regexp_replace(lower(normalize(${column}, nfkd)), '[\\u0300-\\u036f]', '', 'g'), 'ς', 'σ')`;
}

/** First and last letter of alphabets, small ones only: Greek, Cyrillic, rest of Latin, Armenian, Hebrew, Arabic, Georgian. */
const ALPHABETS = [
  'αω',
  'аџ',
  'ґґ',
  'ßß',
  'ææ',
  'ðð',
  'øø',
  'þþ',
  'đđ',
  'ħħ',
  'ıı',
  'łł',
  'œœ',
  'աև',
  'את',
  'ءي',
  'აჰ',
];
const A = 'a'.charCodeAt(0);
const ASCII = new Map(
  ALPHABETS.flatMap(([first = '', last = '']) => {
    const from = first.charCodeAt(0);
    return Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, n): [string, string] => [
      String.fromCharCode(from + n),
      String.fromCharCode(A + ((from + n) % 26)),
    ]);
  }),
);
/** PostgreSQL looks for each character from the left: what is most of a text comes first, though it stays as it is. */
const AS_IT_IS = ' eaionrstl0123456789-":,.dcmupbghvfykwzxjq{}[]';
const RANGES = ALPHABETS.map(([first, last]) => `${first}-${last}`).join('');
const LETTERS = [...AS_IT_IS, ...ASCII.keys()].join('');

/**
 * Some ASCII letter for each letter, so that texts which contain each other still do, and a few others as well: trigrams know
 * no other letters where the database's LC_CTYPE is C, as that of the embedded PostgreSQL is. For finding what is then
 * compared by `plain`.
 */
export function letters(plainText: string): string {
  return [...plainText].map((letter) => ASCII.get(letter) ?? letter).join('');
}

/** The same of a column whose text is plain already; PostgreSQL looks at all letters for each character that is none. */
export function toLettersSql(column: string): string {
  return `case when ${column} ~ '[${RANGES}]' then translate(${column}, '${LETTERS}', '${letters(LETTERS)}') else ${column} end`;
}

/** Only the digits of a customer's number, where it is not understood. */
export const HELD_NUMBER = "coalesce(e164, regexp_replace(number, '\\D', '', 'g'))";

/** Each text begins with it; nobody types it. */
export const BEGIN = '\u001f';
/** Behind the number of an entry, and behind the characters with which it came. */
export const NUMBER_END = '\u001c';
export const RAW_END = '\u001d';
