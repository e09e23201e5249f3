/** What a phone system is told to dial. */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { isExtension } from '../pattern.ts';
import { readNumber } from '../phone/index.ts';
import type { ClickToCall } from '../settings.ts';

/** Nothing else may ever stand there: a dial string of Asterisk has commas, ampersands and slashes that do something. */
const DIALLED = /^[0-9+*#]{1,40}$/;

const WRITTEN = /^[0-9+*#()./ \u00a0\t-]+$/;

export type Numbering = {
  /** of the rules; null: only numbers with `+` or `00` are outside numbers */
  readonly country: string | null;
  readonly extensionPatterns: readonly string[];
};

/**
 * A number as somebody wrote it → what is dialled: an extension of ours as it is, a valid number outside as the settings
 * want it. Null: it is neither.
 */
export function dialStringOf(
  number: string,
  { country, extensionPatterns }: Numbering,
  { number_form, prefix }: Pick<ClickToCall, 'number_form' | 'prefix'>,
): string | null {
  // a text with a number in it is no number: nobody has said that just this is meant
  if (!WRITTEN.test(number)) return null;
  const bare = number.replaceAll(/[\s()./-]/g, '');
  if (isExtension(bare, extensionPatterns)) return checked(bare);
  const { e164 } = readNumber(number, 'dialled', { country, extensionPatterns });
  if (e164 === null) return null;
  return checked(`${prefix}${number_form === 'national' ? asDialledIn(country, e164) : e164}`);
}

/** Without a country nobody knows how it is dialled there. */
function asDialledIn(country: string | null, e164: string): string {
  const number = parsePhoneNumberFromString(e164);
  if (number === undefined || country === null || !isSupportedCountry(country)) return e164;
  return number.format('IDD', { fromCountry: country }).replaceAll(/\D/g, '') || e164;
}

function checked(dialled: string): string | null {
  return DIALLED.test(dialled) ? dialled : null;
}
