/** Where the numbers of a country go wrong whatever is read: what people have to know and decide. */
import { isSupportedCountry, Metadata } from 'libphonenumber-js/max';

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

/** Of the rules of one PBX. */
export function pitfallsOf(country: string | null, extensionPatterns: readonly string[]): readonly Pitfall[] {
  if (country === null || !isSupportedCountry(country)) return [];
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const lengths = metadata.numberingPlan?.possibleLengths() ?? [];
  const short = extensionPatterns.filter((pattern) => lengths.includes(lengthOf(pattern)));
  const form = FORMS.get(country);
  return [
    ...(short.length === 0
      ? []
      : [
          {
            what: `${country} has numbers as short as the extensions of ${short.join(', ')}: they are never a customer’s`,
            advice: 'let `extension_patterns` name your own extensions alone, e.g. `2XXXX`',
          },
        ]),
    ...(form === undefined ? [] : [form]),
  ];
}

/** A set counts as one digit; an open pattern as no length. */
function lengthOf(pattern: string): number {
  return pattern.endsWith('.') ? 0 : pattern.replace(/\[[^\]]*\]/g, 'X').length;
}
