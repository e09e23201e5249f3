import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { matchesDigits } from './pattern.ts';

const MAX_RAW = 64;
const LOOKS_LIKE_A_NUMBER = /^\+?[0-9(][0-9 ()./-]*$/;
/** National numbers are told apart by at least so many digits; fewer would suggest strangers. */
const SUFFIX_DIGITS = 8;

/**
 * A number as a trunk, a person or a CRM wrote it → E.164; null when it is no valid number, an extension, or needs a
 * country and has none. Without a country only numbers with `+` or `00` are read.
 */
export function normaliseNumber(
  raw: string | null,
  country: string | null,
  extensionPatterns: readonly string[] = [],
): string | null {
  const text = raw?.trim() ?? '';
  if (text.length > MAX_RAW || !LOOKS_LIKE_A_NUMBER.test(text)) return null;
  if (extensionPatterns.some((pattern) => matchesDigits(pattern, text))) return null;
  const national = country === null || text.startsWith('+') ? null : valid(text, country);
  if (national !== null) return national;
  return valid(text.startsWith('00') ? `+${text.slice(2)}` : text, null);
}

/** By this two numbers find each other; those that are equal have the same one. Null: it cannot be looked up. */
export function lookupKey(raw: string | null, e164: string | null): string | null {
  return nationalSuffix(e164 ?? raw) ?? e164;
}

/** The last digits of a number without its prefixes, to suggest (never to decide) that two numbers are one; else null. */
function nationalSuffix(raw: string | null): string | null {
  const digits = (raw ?? '').replace(/\D/g, '');
  return digits.length < SUFFIX_DIGITS ? null : digits.slice(-SUFFIX_DIGITS);
}

function valid(text: string, country: string | null): string | null {
  const region: CountryCode | undefined = country !== null && isSupportedCountry(country) ? country : undefined;
  const number = parsePhoneNumberFromString(text, region);
  return number?.isValid() ? number.number : null;
}
