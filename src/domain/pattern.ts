/** The two small pattern languages of the rules. Both are matched in linear time: no rule can hang the program. */

const MAX_PATTERN = 80;
const GLOB = /^[A-Za-z0-9_.@:/*+-]+$/;
const DIGIT_PATTERN = /^(?:[0-9*#XZN]|\[[0-9](?:-?[0-9])*\])+\.?$/;

/** A context or trunk name; `*` stands for any characters. */
export function isGlob(text: string): boolean {
  return text.length <= MAX_PATTERN && GLOB.test(text);
}

/** As in Asterisk's dialplan: `X` 0–9, `Z` 1–9, `N` 2–9, `[1-5]` a set, `.` at the end: one or more characters. */
export function isDigitPattern(text: string): boolean {
  return text.length <= MAX_PATTERN && DIGIT_PATTERN.test(text);
}

export function matchesGlob(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return text === glob;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

export function matchesDigits(pattern: string, digits: string): boolean {
  const open = pattern.endsWith('.');
  const steps = (open ? pattern.slice(0, -1) : pattern).match(/\[[^\]]*\]|./g) ?? [];
  if (open ? digits.length <= steps.length : digits.length !== steps.length) return false;
  return steps.every((step, at) => isOneOf(step, digits[at] ?? ''));
}

const SETS: Readonly<Record<string, string>> = { X: '[0-9]', Z: '[1-9]', N: '[2-9]' };

function isOneOf(step: string, digit: string): boolean {
  const set = SETS[step] ?? step;
  return set.startsWith('[') ? new RegExp(`^${set}$`).test(digit) : set === digit;
}
