/** Characters of a text from outside that a row keeps: a PBX lets a caller's name be as long as a line. Facts keep all of it. */
export const MAX_TEXT_CHARACTERS = 256;

/** The beginning of a text, by whole characters: half of a surrogate pair is no text. */
export function shortText(text: string): string {
  if (text.length <= MAX_TEXT_CHARACTERS) return text;
  return [...text.slice(0, 2 * MAX_TEXT_CHARACTERS)].slice(0, MAX_TEXT_CHARACTERS).join('');
}
