/** Times of a place ↔ moments, by the rules of its time zone; the zones are those of `Intl`. */
import type { Micros } from './time.ts';

/** Every zone changes its offset on a quarter of an hour. */
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
/** Quarters whose offset is remembered for a zone: records come roughly in the order of their time. */
const MAX_REMEMBERED = 1_000;
/** Zones that are remembered, by the name as it was written. */
const MAX_ZONES = 50;

type Zone = { readonly format: Intl.DateTimeFormat; readonly offsets: Map<number, number> };
const zones = new Map<string, Zone>();

/** Whether it is the name of a place; an offset (`+02:00`) is none, though newer releases of Node take it. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * The moments that a clock on the wall of `zone` showed as `local` (`2026-10-25 03:30:00`): one; two, the earlier first, in
 * the hour that comes twice when summer time ends; in the hour that is left out when it begins the one that it would have
 * been without the change. None when the text is no such time. A text that has an offset of its own needs no zone.
 */
export function momentsOf(local: string, zone: string): readonly Micros[] {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?([+-]\d\d(?::?\d\d)?|Z)?$/.exec(local);
  const wall = match ? Date.parse(`${match[1]}T${match[2]}Z`) : Number.NaN;
  if (Number.isNaN(wall)) return [];
  const own = match?.[3];
  if (own !== undefined) return [micros(wall - offsetIn(own))];
  const [before, after] = [offsetOf(wall - DAY_MS, zone), offsetOf(wall + DAY_MS, zone)];
  const found = [...new Set([before, after])]
    .filter((offset) => offsetOf(wall - offset, zone) === offset)
    .map((offset) => wall - offset)
    .sort((a, b) => a - b);
  return (found.length > 0 ? found : [wall - before]).map(micros);
}

/** What a clock on the wall of `zone` shows at this moment, in whole seconds: `2026-10-25 03:30:00`. */
export function localTimeOf(moment: Micros, zone: string): string {
  const ms = Math.floor(moment / 1000);
  return new Date(ms + offsetOf(ms, zone)).toISOString().slice(0, 19).replace('T', ' ');
}

function micros(ms: number): Micros {
  return (ms * 1000) as Micros;
}

function offsetIn(text: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(text) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -size : size;
}

/** How far the clocks of `zone` are ahead of UTC at this moment, in microseconds. */
export function offsetAt(moment: Micros, zone: string): number {
  return offsetOf(Math.floor(moment / 1000), zone) * 1000;
}

/** Milliseconds that the zone is ahead of UTC. */
function offsetOf(ms: number, name: string): number {
  const zone = zoneOf(name);
  const quarter = Math.floor(ms / QUARTER_MS);
  const known = zone.offsets.get(quarter);
  if (known !== undefined) return known;
  const begin = quarter * QUARTER_MS;
  const parts = Object.fromEntries(zone.format.formatToParts(begin).map(({ type, value }) => [type, value]));
  const shown = Date.parse(
    `${parts.year?.padStart(4, '0')}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}Z`,
  );
  const offset = shown - begin;
  if (zone.offsets.size >= MAX_REMEMBERED) zone.offsets.clear();
  zone.offsets.set(quarter, offset);
  return offset;
}

function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const zone = { format, offsets: new Map<number, number>() };
  if (zones.size >= MAX_ZONES) zones.clear();
  zones.set(name, zone);
  return zone;
}
