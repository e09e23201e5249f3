/** Microseconds since the epoch; exact as a double until the year 2255. */
export type Micros = number & { readonly __brand: 'Micros' };

/** `1795401186.221257` (seconds as AMI and the timing files write them) → Micros; null if it is no such number. */
export function microsOfSeconds(seconds: string | number): Micros | null {
  const match = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(String(seconds));
  if (!match) return null;
  const fraction = (match[2] ?? '').padEnd(6, '0').slice(0, 6);
  return (Number(match[1]) * 1_000_000 + Number(fraction)) as Micros;
}

/** Micros → seconds as AMI and the timing files write them. */
export function toSeconds(time: Micros): string {
  return `${Math.floor(time / 1_000_000)}.${String(time % 1_000_000).padStart(6, '0')}`;
}

/** RFC 3339 in UTC with six digits of the second: `2026-11-23T02:33:06.221257Z`. */
export function toRfc3339(time: Micros): string {
  const second = Math.floor(time / 1_000_000);
  const micros = String(time - second * 1_000_000).padStart(6, '0');
  if (second !== lastSecond) {
    lastText = new Date(second * 1000).toISOString().slice(0, -'000Z'.length);
    lastSecond = second;
  }
  return `${lastText}${micros}Z`;
}

/** A row tells the same second many times. */
let lastSecond = Number.NaN;
let lastText = '';

/** Any RFC 3339 time → Micros; null if it is none. */
export function fromRfc3339(text: string): Micros | null {
  const read = readRfc3339(text);
  return read && ((read.millis * 1000 + Number(read.micros)) as Micros);
}

/**
 * Any RFC 3339 time → the same one in UTC with six digits of the second, exact in any year; null if it is none, or not of
 * the years 1 to 9999.
 */
export function inUtc(text: string): string | null {
  const read = readRfc3339(text);
  if (read === null) return null;
  const second = new Date(read.millis).toISOString().slice(0, -'.000Z'.length);
  return /^(?!0000)\d{4}-/.test(second) ? `${second}.${read.micros}Z` : null;
}

/** The whole second, in milliseconds, and the six digits after it. */
function readRfc3339(text: string): { readonly millis: number; readonly micros: string } | null {
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return null;
  const millis = Date.parse(`${match[1]}T${match[2]}${match[4]?.toUpperCase()}`);
  return Number.isNaN(millis) ? null : { millis, micros: (match[3] ?? '').padEnd(6, '0').slice(0, 6) };
}

/** The earlier of two times; of one that is not known the other. */
export function earlier(a: Micros | null, b: Micros | null): Micros | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** The later of two times; of one that is not known the other. */
export function later(a: Micros | null, b: Micros | null): Micros | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

export function latest(first: Micros, ...others: readonly Micros[]): Micros {
  return Math.max(first, ...others) as Micros;
}

export function earliest(first: Micros, ...others: readonly Micros[]): Micros {
  return Math.min(first, ...others) as Micros;
}
