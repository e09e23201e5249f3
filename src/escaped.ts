/**
 * What a terminal or a reader's eye obeys instead of showing it: control characters (ESC and C1 begin commands, a line break
 * forges a line), characters that turn the direction of others or hide, and half letters. Two that scripts need stay.
 */
const STEERING = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Of other scripts than these there may be such characters; looking for them takes longer. */
const OTHERS = /[^ -~\u00a1-\u00ac\u00ae-\u05ff]/;

/** `text` as one line that is shown as it is. What is JSON stays the same JSON. */
export function escaped(text: string): string {
  if (!OTHERS.test(text)) return text;
  return text.replace(STEERING, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** `text` of a kind that knows no escapes, with a `?` for each character that is not shown. */
export function masked(text: string): string {
  return text.replace(STEERING, '?');
}
