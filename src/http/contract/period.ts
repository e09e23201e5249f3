/** A period by days of a time zone, as a query names it. */
import { z } from 'zod';
import { instantOf } from '../../domain/acts/decision.ts';
import { isTimeZone } from '../../domain/zone.ts';

const MAX_DAYS = 400;
const DAY = 86_400_000_000;

export const timeZone = z.string().refine(isTimeZone, 'an IANA time zone, as Europe/Athens').default('UTC');

/** `from` before `to`, and neither far away from the other or from our time; both RFC 3339. */
export function isPeriod({ from, to }: { readonly from: string; readonly to: string }): boolean {
  const [begin, end] = [instantOf(from), instantOf(to)];
  return begin !== null && end !== null && begin < end && end - begin <= MAX_DAYS * DAY;
}

export const notAPeriod = { path: ['to'], error: `after from, by at most ${MAX_DAYS} days, between 1970 and 2200` };
