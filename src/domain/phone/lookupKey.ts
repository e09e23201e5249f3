import { cleaned } from './cleaned.ts';

/** National numbers are told apart by at least so many digits; fewer would suggest strangers. */
const SUFFIX_DIGITS = 8;

/** By this two numbers find each other; those that are equal have the same one. Null: it cannot be looked up. */
export function lookupKey(raw: string | null, e164: string | null): string | null {
  return nationalSuffix(e164 ?? (raw === null ? null : (cleaned(raw) ?? raw))) ?? e164;
}

/** The last digits of a number without its prefixes, to suggest (never to decide) that two numbers are one; else null. */
function nationalSuffix(number: string | null): string | null {
  const digits = (number ?? '').replace(/\D/g, '');
  return digits.length < SUFFIX_DIGITS ? null : digits.slice(-SUFFIX_DIGITS);
}
