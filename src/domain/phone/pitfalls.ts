/** Where the numbers of a country go wrong whatever is read: what people have to know and decide. */
import { type CountryCode, isSupportedCountry, Metadata } from 'libphonenumber-js/max';
import { matchesDigits } from '../pattern.ts';
import { beginsNumbers } from './beginsNumbers.ts';

export type Pitfall = { readonly what: string; readonly advice: string };

/** Forms of mobiles that are valid side by side, or were, and are different numbers to the numbering plan. */
const FORMS: ReadonlyMap<string, Pitfall> = new Map([
  [
    'AR',
    {
      what: 'mobiles of Argentina are +54 9 …, at home 15 …: the same digits with neither are another number',
      advice: 'give customers their numbers as the trunk presents them, or in both forms',
    },
  ],
  [
    'MX',
    {
      what: 'mobiles of Mexico lost the 1 of +52 1 …, and are read without it; with it alone they can be numbers of the US',
      advice: 'write customers’ numbers without it, and have the provider present them so',
    },
  ],
]);

/** What the rules of a PBX say of its numbers. */
export type OfNumbers = {
  readonly country: string | null;
  readonly extensionPatterns: readonly string[];
  readonly outsideLinePrefixes: readonly string[];
};

/** Of so many prefixes it is looked whether they begin numbers of the country; nobody dials more. */
const MOST_PREFIXES = 10;

/** Of the rules of one PBX. */
export function pitfallsOf({ country, extensionPatterns, outsideLinePrefixes }: OfNumbers): readonly Pitfall[] {
  const found: Pitfall[] = [];
  const told = (names: readonly string[], what: (names: string) => string, advice: string) => {
    if (names.length > 0) found.push({ what: what(names.join(', ')), advice });
  };
  const prefixes = outsideLinePrefixes.slice(0, MOST_PREFIXES);
  told(
    prefixes.filter((prefix) => extensionPatterns.some((pattern) => pattern.startsWith(prefix))),
    (names) => `extensions begin as outside lines do, with ${names}: who dials one may be taken for the other`,
    'let `extension_patterns` and `outside_line_prefixes` begin with other digits',
  );
  if (country === null || !isSupportedCountry(country)) return found;
  const lengths = lengthsOf(country);
  const isShort = (pattern: string) => lengths.includes(lengthOf(pattern));
  told(
    extensionPatterns.filter(isShort),
    (names) => `${country} has numbers as short as the extensions of ${names}: they are never a customer’s`,
    OWN_EXTENSIONS,
  );
  told(
    extensionPatterns.filter((pattern) => !isShort(pattern) && hasNumberBehindPrefix(pattern, lengths, prefixes)),
    (names) =>
      `behind an outside line numbers of ${country} are as short as the extensions of ${names}: they are taken for those`,
    OWN_EXTENSIONS,
  );
  told(
    prefixes.filter((prefix) => beginsNumbers(prefix, country)),
    (names) =>
      `numbers of ${country} that begin with ${names} are other numbers without it, as which they are read where they were typed`,
    'take it out of `outside_line_prefixes` if some phones dial without it; what was sent to the provider then tells',
  );
  const form = FORMS.get(country);
  return form === undefined ? found : [...found, form];
}

const OWN_EXTENSIONS = 'let `extension_patterns` name your own extensions alone, e.g. `2XXXX`';

function lengthsOf(country: CountryCode): readonly number[] {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  return metadata.numberingPlan?.possibleLengths() ?? [];
}

function hasNumberBehindPrefix(pattern: string, lengths: readonly number[], prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => {
    const length = lengthOf(pattern) - prefix.length;
    return lengths.includes(length) && matchesDigits(pattern, `${prefix}${'5'.repeat(length)}`);
  });
}

/** A set counts as one digit; an open pattern as no length. */
function lengthOf(pattern: string): number {
  return pattern.endsWith('.') ? 0 : pattern.replace(/\[[^\]]*\]/g, 'X').length;
}
