/** The number that was called, of what was sent to the provider, what the trunk's channel was called for and what was typed. */

import { nationalDigits } from './readings.ts';
import {
  areAmbiguous,
  type NumberReading,
  type ReadingAs,
  type ReadNumber,
  readingsOf,
  readNumber,
} from './readNumber.ts';

/** What is known of one outbound call; null: not heard. */
export type Sent = {
  readonly sent: string | null;
  readonly called: string | null;
  readonly typed: string | null;
};

export type SentAs = ReadingAs & {
  /** what the PBX puts in front on this trunk */
  readonly trunkPrefixes: readonly string[];
  /** what people dial before an outside number */
  readonly outsideLinePrefixes: readonly string[];
};

export type ReadSent = ReadNumber & {
  /** what of what was sent is no part of the number; null: nothing */
  readonly takenOff: string | null;
  /** which other one says the same and decided */
  readonly agreesWith: 'typed' | 'called' | null;
};

/** A part of a number in a longer one proves nothing when it is shorter. */
const LEAST_SHARED_DIGITS = 6;
/** `#31#`, `*31#`, `*31*`; `*67` of North America, which has no end */
const SERVICE_CODE = /^(?:[*#]{1,2}[0-9]{1,4}[*#]{1,2}|\*[0-9]{2}(?=\+?[0-9]{7}))/;
/** `1+306945556677` */
const BEFORE_PLUS = /^[0-9]{1,8}(?=\+)/;

/**
 * What was sent decides; of several things that it can mean the one that was typed, or that the channel was called for.
 * Where it ends with that number, what stands before it was put there by the PBX.
 */
export function readSent({ sent, called, typed }: Sent, as: SentAs): ReadSent {
  const whole = sent ?? called ?? '';
  const own = optionsOf(whole, as.trunkPrefixes, as);
  const others = [
    { from: 'typed' as const, text: typed ?? '', prefixes: as.outsideLinePrefixes },
    { from: 'called' as const, text: called ?? '', prefixes: as.trunkPrefixes },
  ].flatMap(({ from, text, prefixes }) => {
    const options = optionsOf(text, prefixes, as);
    const [only, ...more] = distinct(options);
    const number = text.slice(options[0]?.takenOff?.length ?? 0);
    return only === undefined || more.length > 0 ? [] : [{ from, e164: only, number }];
  });
  for (const { from, e164, number } of others) {
    const same = own.find((reading) => reading.e164 === e164);
    if (same) return { ...same, isAmbiguous: false, agreesWith: from };
    // what both end with has to mean it too: `66945556677` may be another's number, or ours behind the code of a line
    if (!readingsOf(commonEnd(whole, number), 'dialled', as).some((reading) => reading.e164 === e164)) continue;
    const takenOff = beforeNumber(whole, e164);
    if (takenOff !== null)
      return { e164, rule: 'end_of_what_was_sent', isAmbiguous: false, takenOff, agreesWith: from };
  }
  const [first] = own;
  if (first === undefined) return { ...readNumber(whole, 'dialled', as), takenOff: null, agreesWith: null };
  return { ...first, isAmbiguous: areAmbiguous(own, as), agreesWith: null };
}

type Option = NumberReading & Pick<ReadSent, 'takenOff'>;

/** What it can mean, without what stands before the number; where that cannot be read so, with it. */
function optionsOf(text: string, prefixes: readonly string[], as: ReadingAs): Option[] {
  const code = SERVICE_CODE.exec(text)?.[0] ?? '';
  const dialled = text.slice(code.length);
  const prefix = longest(prefixes.filter((one) => dialled.startsWith(one)));
  const rest = dialled.slice(prefix.length);
  const innerCode = SERVICE_CODE.exec(rest)?.[0] ?? '';
  const number = rest.slice(innerCode.length);
  const beforePlus = BEFORE_PLUS.exec(number)?.[0] ?? '';
  const tries =
    beforePlus === '' ? [number, dialled] : [number.slice(beforePlus.length), number.slice(beforePlus.length + 1)];
  const read = tries.map((one) => ({ one, readings: readingsOf(one, 'dialled', as) }));
  const { one = '', readings = [] } = read.find((each) => each.readings.length > 0) ?? {};
  const takenOff = text.slice(0, text.length - one.length);
  return readings.map((reading) => ({ ...reading, takenOff: takenOff === '' ? null : takenOff }));
}

/** What stands before the number in a longer text that ends with it, with its country code or without; null: it does not. */
function beforeNumber(text: string, e164: string): string | null {
  const ends = [e164, e164.slice(1), nationalDigits(e164)];
  const end = ends.find((digits) => digits.length >= LEAST_SHARED_DIGITS && text.endsWith(digits));
  return end === undefined || end.length === text.length ? null : text.slice(0, -end.length);
}

function commonEnd(a: string, b: string): string {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length += 1;
  return a.slice(a.length - length);
}

function longest(texts: readonly string[]): string {
  return texts.reduce((found, text) => (text.length > found.length ? text : found), '');
}

function distinct(readings: readonly NumberReading[]): string[] {
  return [...new Set(readings.map(({ e164 }) => e164))];
}
