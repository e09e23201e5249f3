/** A period by days of a time zone, as a query names it. */
import { z } from 'zod';

const MAX_DAYS = 400;

export const timeZone = z.string().refine(isTimeZone, 'an IANA time zone, as Europe/Athens').default('UTC');

/** `from` before `to`, and neither far away from the other; both RFC 3339. */
export function isPeriod({ from, to }: { readonly from: string; readonly to: string }): boolean {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return days > 0 && days <= MAX_DAYS;
}

export const notAPeriod = { path: ['to'], error: `after from, by at most ${MAX_DAYS} days` };

/** A zone's name; not an offset, which PostgreSQL reads with the other sign. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
