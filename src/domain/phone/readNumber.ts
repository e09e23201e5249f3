/** A number as somebody wrote it → E.164. */
import { matchesDigits } from '../pattern.ts';
import { remembered } from '../remembered.ts';
import { cleaned } from './cleaned.ts';
import { firstNumberIn } from './numbersIn.ts';
import { couldBeLocal, isWrittenWithTrunkZero, READINGS, type Reading } from './readings.ts';

/** Who wrote a number, which decides what bare digits are tried as first. */
export type Writer = 'trunk' | 'customer' | 'dialled';
/** What a trunk is known to present. */
export type TrunkForm = 'e164_without_plus' | 'national' | 'as_dialled';

export type ReadNumber = {
  /** null: it is no valid number, an extension, or needs a country and has none */
  readonly e164: string | null;
  /** what it was read as, or why it was not */
  readonly rule: Reading | 'end_of_what_was_sent' | 'extension' | 'not_understood';
  /** read otherwise it is another valid number */
  readonly isAmbiguous: boolean;
};

export type ReadingAs = {
  /** without one only numbers with `+` or `00` are read */
  readonly country: string | null;
  readonly extensionPatterns?: readonly string[];
  readonly trunkForm?: TrunkForm | null;
};

/** One meaning of a number. */
export type NumberReading = { readonly e164: string; readonly rule: Reading };

/** Of a text with several numbers the first. */
export function readNumber(raw: string | null, as: Writer, how: ReadingAs): ReadNumber {
  const readings = readingsOf(raw, as, how);
  const [first] = readings;
  if (first === undefined)
    return { e164: null, rule: isExtension(textOf(raw), how) ? 'extension' : 'not_understood', isAmbiguous: false };
  return { ...first, isAmbiguous: areAmbiguous(readings, how) };
}

/** Whether it can mean several numbers, and what is known of the trunk does not tell which. */
export function areAmbiguous([first, ...others]: readonly NumberReading[], { trunkForm = null }: ReadingAs): boolean {
  if (first === undefined || (trunkForm !== null && first.rule === KNOWN[trunkForm])) return false;
  return others.some(({ e164 }) => e164 !== first.e164);
}

/** All that it can mean, the likeliest first. */
export function readingsOf(raw: string | null, as: Writer, how: ReadingAs): readonly NumberReading[] {
  const text = textOf(raw);
  if (text === null || isExtension(text, how)) return [];
  return inOrder(text, as, how).flatMap((rule) => {
    const e164 = READINGS[rule](text, how.country);
    return e164 === null ? [] : [{ e164, rule }];
  });
}

const numberOf = remembered((raw) => cleaned(firstNumberIn(raw)));

function textOf(raw: string | null): string | null {
  return numberOf(raw ?? '');
}

function isExtension(text: string | null, { extensionPatterns = [] }: ReadingAs): boolean {
  return text !== null && extensionPatterns.some((pattern) => matchesDigits(pattern, text));
}

const KNOWN = {
  e164_without_plus: 'bare_international',
  national: 'national',
  as_dialled: 'as_dialled',
} as const satisfies Record<TrunkForm, Reading>;

/** What is tried, in order. */
function inOrder(text: string, as: Writer, { country, trunkForm = null }: ReadingAs): readonly Reading[] {
  if (text.startsWith('+')) return ['international', 'former_form'];
  if (text.startsWith('00')) return ['national', 'international', 'former_form'];
  if (trunkForm === 'as_dialled') return ['as_dialled'];
  // the trunk 0 of the country, or a needless one before the code of another
  if (text.startsWith('0')) return country === null ? [] : ['national', 'former_form', 'bare_international'];
  const usual: readonly Reading[] = [...usualReadings(text, as, country), 'former_form'];
  if (trunkForm === null) return usual;
  return [KNOWN[trunkForm], ...usual.filter((reading) => reading !== KNOWN[trunkForm])];
}

function usualReadings(text: string, as: Writer, country: string | null): readonly Reading[] {
  if (country === null) return [];
  // people's tables lose a leading 0; of a telephone it is not there
  if (as !== 'customer' && couldBeLocal(text, country)) return ['own_country_code', 'bare_international'];
  // a trunk that leaves the + away is more usual than one that leaves away a 0 that has to be dialled
  const isForeignFirst = as === 'trunk' && isWrittenWithTrunkZero(text, country);
  return isForeignFirst
    ? ['own_country_code', 'bare_international', 'national']
    : ['own_country_code', 'national', 'bare_international'];
}
