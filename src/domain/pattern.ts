/** The two small pattern languages of the rules. Both are matched in linear time: no rule can hang the program. */

import { remembered } from './remembered.ts';

const MAX_PATTERN = 80;
const GLOB = /^[A-Za-z0-9_.@:/*+-]+$/;

/** A context or trunk name; `*` stands for any characters. */
export function isGlob(text: string): boolean {
  return text.length <= MAX_PATTERN && GLOB.test(text);
}

/** As in Asterisk's dialplan: `X` 0–9, `Z` 1–9, `N` 2–9, `[1-5]` a set, `.` at the end: one or more characters. */
export function isDigitPattern(text: string): boolean {
  return text.length <= MAX_PATTERN && readDigitPattern(text) !== null;
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

export function matchesSome(globs: readonly string[], text: string): boolean {
  return globs.some((glob) => matchesGlob(glob, text));
}

export function matchesDigits(pattern: string, digits: string): boolean {
  const read = knownPattern(pattern);
  if (read === null) return false;
  const { steps, isOpen } = read;
  if (isOpen ? digits.length <= steps.length : digits.length !== steps.length) return false;
  return steps.every((step, at) => step.includes(digits.charAt(at)));
}

/** Whether it is one of our extensions. */
export function isExtension(text: string | null, extensionPatterns: readonly string[]): boolean {
  return text !== null && extensionPatterns.some((pattern) => matchesDigits(pattern, text));
}

/** `steps`: what may stand at each place; `isOpen`: one or more characters follow. */
type DigitPattern = { readonly steps: readonly string[]; readonly isOpen: boolean };

const STEP = /([0-9*#])|([XZN])|\[((?:[0-9](?:-[0-9])?)+)\]/y;
const DIGITS = '0123456789';
const SETS: Readonly<Record<string, string>> = { X: DIGITS, Z: DIGITS.slice(1), N: DIGITS.slice(2) };

/** Every number is held against all patterns of the rules. */
const knownPattern = remembered(readDigitPattern);

/** Null: it is no such pattern. */
function readDigitPattern(text: string): DigitPattern | null {
  const isOpen = text.endsWith('.');
  const end = isOpen ? text.length - 1 : text.length;
  const steps: string[] = [];
  for (let at = 0; at < end; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const [, one, letter = '', set = ''] = STEP.exec(text) ?? [];
    const step = one ?? SETS[letter] ?? digitsIn(set);
    if (step === '') return null;
    steps.push(step);
  }
  return steps.length === 0 ? null : { steps, isOpen };
}

/** `1-35` → `1235`; nothing of a set with a range that runs backwards, as `9-1` does. */
function digitsIn(set: string): string {
  const parts = set.match(/[0-9]-[0-9]|[0-9]/g) ?? [];
  const ranges = parts.map((part) => DIGITS.slice(Number(part.charAt(0)), Number(part.slice(-1)) + 1));
  return ranges.includes('') ? '' : ranges.join('');
}
