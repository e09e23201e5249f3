/** What a number can mean to who wrote it: its country and its digits, by libphonenumber. */
import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { remembered } from '../remembered.ts';

/** Numbers of Berlin, Jakarta and Tokyo have so many without their area code; none has more. */
const MAX_LOCAL_DIGITS = 8;

/** By country code, prefixes of national numbers that are none any more; address books and some providers go on with them. */
const FORMER_PREFIXES: ReadonlyMap<string, RegExp> = new Map([
  // `+52 1 55 …`, `01 55 …`, `044 55 …`, until 2020
  ['52', /^(?:1|0[12]|04[45])(?=[0-9]{10}$)/],
  // `+54 9 11 15 …`: the 9 from abroad besides the 15 at home, of which one is meant
  ['54', /^9(?=[0-9]{2,4}15[0-9]{6,8}$)/],
]);

/** Each reads digits, with `+` or without; null: they mean nothing so. */
export const READINGS = {
  /** `+30 691…`, `0030691…` */
  international: (text: string) => international(text.replace(/^\+?0*/, '')),
  /** the own country's code, without `+` */
  own_country_code: (text: string, country: string | null) => {
    const code = country === null ? null : callingCode(country);
    return code !== null && text.startsWith(code) ? international(text) : null;
  },
  /** another country's code, without `+` */
  bare_international: (text: string) => international(text.replace(/^0+/, '')),
  national: (text: string, country: string | null) => national(text, country)?.e164 ?? null,
  /** what a telephone of the country would call: what lacks the trunk 0 is a number of one place, nobody knows of which */
  as_dialled: (text: string, country: string | null) => {
    const number = national(text, country);
    return number && (text.startsWith('0') || !number.hasTrunkZero) ? number.e164 : null;
  },
  /** as its country wrote it before the numbers changed */
  former_form: remembered((text, country) => {
    const inCountry = parsePhoneNumberFromString(text, regionOf(country));
    return today(inCountry) ?? today(parsePhoneNumberFromString(`+${text.replace(/^\+?0*/, '')}`));
  }),
} as const;
export type Reading = keyof typeof READINGS;

/**
 * Whether a national number is dialled with a 0 in front that is not its own. In a country this differs: in Brazil and
 * China mobiles have none.
 */
export function isWrittenWithTrunkZero(text: string, country: string | null): boolean {
  return national(text, country)?.hasTrunkZero ?? false;
}

/**
 * Whether digits without trunk 0 can be a number of one place, whose area code nobody has said. Where numbers are of no
 * fixed length (Germany, Austria) it looks like another of the country.
 */
export function couldBeLocal(text: string, country: string | null): boolean {
  const isShort = text.length <= MAX_LOCAL_DIGITS && !text.startsWith('0');
  return isShort && isWrittenWithTrunkZero(text, country) && national(`${text}0`, country) !== null;
}

/** Of a valid number, without its country's code. */
export function nationalDigits(e164: string): string {
  return parsePhoneNumberFromString(e164)?.nationalNumber ?? '';
}

type NationalNumber = { readonly e164: string; readonly hasTrunkZero: boolean };

const national = remembered((text, country): NationalNumber | null => {
  const region = regionOf(country);
  const number = region === undefined ? null : valid(parsePhoneNumberFromString(text, region));
  return number && { e164: number.number, hasTrunkZero: hasTrunkZero(number) };
});

const callingCode = remembered((country): string | null => {
  const region = regionOf(country);
  return region === undefined ? null : getCountryCallingCode(region);
});

function hasTrunkZero(number: PhoneNumber): boolean {
  return /^\D*0/.test(number.formatNational()) && !number.nationalNumber.startsWith('0');
}

/** Digits from the country code on. People write the trunk 0 behind it: `+30 (0) 691…`. */
const international = remembered((digits): string | null => {
  const number = parsePhoneNumberFromString(`+${digits}`);
  const code = number?.countryCallingCode ?? '';
  const withoutZero = () => parsePhoneNumberFromString(`+${code}${digits.slice(code.length).replace(/^0/, '')}`);
  return (valid(number) ?? valid(withoutZero()))?.number ?? null;
});

function today(number: PhoneNumber | undefined): string | null {
  const { countryCallingCode: code = '', nationalNumber: digits = '' } = number ?? {};
  const prefix = FORMER_PREFIXES.get(code);
  if (!prefix?.test(digits)) return null;
  return valid(parsePhoneNumberFromString(`+${code}${digits.replace(prefix, '')}`))?.number ?? null;
}

function valid(number: PhoneNumber | undefined): PhoneNumber | null {
  return number?.isValid() ? number : null;
}

function regionOf(country: string | null): CountryCode | undefined {
  return country !== null && isSupportedCountry(country) ? country : undefined;
}
