import type { Micros } from '../../domain/time.ts';
import { localTimeOf, momentsOf } from '../../domain/zone.ts';
import type { Random } from './random.ts';

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

type Day = {
  /** `2026-11-30` */
  readonly date: string;
  readonly isWeekday: boolean;
  readonly isSaturday: boolean;
  /** how busy, beside other days of its kind */
  readonly factor: number;
};

/** Calls that come in of their own accord in each hour of a day, from the hour on with which it begins. */
const WEEKDAY = { from: 9, hours: [3.2, 4.6, 6.5, 5, 3.6, 2.3, 3.4, 5.8, 3.6] };
const SATURDAY = { from: 9, hours: [1.4, 2.4, 2.8, 1.9, 0.9] };
const BY_WEEKDAY = [1, 1.22, 1.04, 0.98, 1, 0.84, 1];
const EVENING = { from: 18, hours: [0.35, 0.3, 0.2, 0.15, 0.1] };
const SUNDAY = { from: 10, hours: [0.1, 0.15, 0.15, 0.1, 0.1, 0.1, 0.1, 0.15, 0.1] };

/** The moments of a period at which a caller thinks of ringing, in their order. `zone`: where the office is. */
export function momentsToRing(random: Random, from: Micros, to: Micros, zone: string): Micros[] {
  const moments: Micros[] = [];
  const dates = new Set<string>();
  for (let at = from; at < to + DAY; at = (at + DAY) as Micros) dates.add(dateOf(at, zone));
  for (const date of dates) {
    const day = dayOf(random, date);
    const parts = day.isWeekday ? [WEEKDAY, EVENING] : day.isSaturday ? [SATURDAY, EVENING] : [SUNDAY];
    for (const part of parts) moments.push(...inPart(random, day, part, zone));
  }
  return [...new Set(moments)].filter((moment) => moment >= from && moment < to).sort((a, b) => a - b);
}

function dayOf(random: Random, date: string): Day {
  const weekday = weekdayOf(date);
  return {
    date,
    isWeekday: weekday >= 1 && weekday <= 5,
    isSaturday: weekday === 6,
    factor: (BY_WEEKDAY[weekday] ?? 1) * random.between(0.85, 1.15),
  };
}

function* inPart(
  random: Random,
  { date, factor }: Day,
  { from, hours }: { readonly from: number; readonly hours: readonly number[] },
  zone: string,
): Generator<Micros> {
  for (const [at, calls] of hours.entries()) {
    const wanted = calls * factor;
    const count = Math.floor(wanted) + (random.chance(wanted % 1) ? 1 : 0);
    const [begin] = momentsOf(`${date} ${String(from + at).padStart(2, '0')}:00:00`, zone);
    if (begin === undefined) continue;
    for (let call = 0; call < count; call += 1) yield Math.round(begin + random.next() * HOUR) as Micros;
  }
}

/** Whether somebody is in the office. */
export function isOpen(moment: Micros, zone: string): boolean {
  const hour = hourOf(moment, zone);
  const weekday = weekdayOf(dateOf(moment, zone));
  if (weekday === 0) return false;
  return hour >= 9 && hour < (weekday === 6 ? 14 : 18);
}

/** The same moment while the office is open, else one of the first hour in which it opens again. */
export function whenOpen(random: Random, moment: Micros, zone: string): Micros {
  if (isOpen(moment, zone)) return moment;
  for (let day = moment; ; day = (day + DAY) as Micros) {
    const [opens] = momentsOf(`${localTimeOf(day, zone).slice(0, 10)} 09:00:00`, zone);
    if (opens !== undefined && opens > moment && isOpen(opens, zone)) {
      return Math.round(opens + random.between(0.05, 1.2) * HOUR) as Micros;
    }
  }
}

/** Which day of which week it is where the office is: what differs from day to day is drawn by it. */
export function dateOf(moment: Micros, zone: string): string {
  return localTimeOf(moment, zone).slice(0, 10);
}

/** Hours since midnight, with the minutes as a fraction. */
export function hourOf(moment: Micros, zone: string): number {
  const local = localTimeOf(moment, zone);
  return Number(local.slice(11, 13)) + Number(local.slice(14, 16)) / 60;
}

/** 0: Sunday. */
function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

export function isSaturday(moment: Micros, zone: string): boolean {
  return weekdayOf(dateOf(moment, zone)) === 6;
}
