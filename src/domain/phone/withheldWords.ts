/** What stands in place of a number that is not shown. */

/** Of PBXs and providers, without regard to case, `-` and `_` as spaces. */
const WORDS: ReadonlySet<string> = new Set([
  '',
  'anon',
  'anonym',
  'anonymous',
  'anonymous.invalid',
  'anonymous caller',
  'asterisk',
  'blocked',
  'blocked caller',
  'blocked number',
  'caller id blocked',
  'caller id unavailable',
  'hidden',
  'hidden number',
  'id unavailable',
  'id withheld',
  'invalid',
  'n/a',
  'na',
  'nicht verfügbar',
  'no caller id',
  'no number',
  'none',
  'not available',
  'null',
  'number unavailable',
  'number withheld',
  // of North America: out of area, private
  'o',
  'out of area',
  'p',
  'private',
  'private caller',
  'private number',
  'restricted',
  'restricted number',
  // Asterisk's extensions where there is none
  'i',
  's',
  'u',
  'unavailable',
  'unbekannt',
  'undisclosed',
  'unknown',
  'unknown caller',
  'unknown number',
  'withheld',
  'withheld number',
  'απόκρυψη',
  'άγνωστος',
]);
/** ANONYMOUS, BLOCKED, PRIVATE, RESTRICTED, UNAVAILABLE, UNKNOWN as typed on a keypad: some networks send them. */
const KEYPAD: ReadonlySet<string> = new Set([
  '266696687',
  '2562533',
  '7748283',
  '7378742833',
  '86282452253',
  '8656696',
]);
/** No number, only what fills its place. */
const FILLER = /^[-_.*#?+0 ]*$/;

/** Whether who calls shows no number: `anonymous@anonymous.invalid`, `Unavailable`, `P`, `-`, `0`. */
export function isWithheld(presented: string): boolean {
  const said = /^(?:sips?:|tel:)?([^@;]*)/i.exec(presented.trim())?.[1] ?? '';
  const word = said.replace(/^["'<]+|["'>]+$/g, '').toLowerCase();
  return FILLER.test(word) || WORDS.has(word.replace(/[-_ ]+/g, ' ').trim()) || KEYPAD.has(word.replace(/^\+1?/, ''));
}
