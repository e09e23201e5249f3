import { type CountryCode, getCountryCallingCode, Metadata } from 'libphonenumber-js/max';
import { READINGS } from './readings.ts';

/** Plans have no list of their numbers: so many of each length are tried, always the same. */
const TRIES = 250;

/** Whether a number that is dialled in the country begins so, and is another one of it without that. */
export function beginsNumbers(prefix: string, country: CountryCode): boolean {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const lengths = metadata.numberingPlan?.possibleLengths() ?? [];
  const code = `+${getCountryCallingCode(country)}`;
  const digit = digits();
  return lengths.some((length) =>
    Array.from({ length: TRIES }, () => Array.from({ length }, digit).join('')).some((number) => {
      const shorter = READINGS.as_dialled(number, country);
      if (shorter === null) return false;
      const longer = READINGS.as_dialled(`${prefix}${number}`, country);
      return longer !== null && longer !== shorter && longer.startsWith(code);
    }),
  );
}

/** A linear congruence: Park and Miller's. */
function digits(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * 10);
  };
}
