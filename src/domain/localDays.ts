/** A period in the days of a place, and by how much its clocks are ahead of UTC. */
import type { Micros } from './time.ts';
import { localTimeOf, momentsOf, offsetAt } from './zone.ts';

/** `from` inclusive, `to` exclusive. */
export type Period = { readonly from: Micros; readonly to: Micros };

/** What of a period lies in one day (`2026-10-25`). */
export type PartOfDay = Period & { readonly day: string };

/** What of a period lies where clocks are ahead by the same seconds. */
export type SameOffset = Period & { readonly offsetSeconds: number };

const DAY = 86_400_000_000;
/** Every zone changes its offset on a quarter of an hour. */
const QUARTER = 900_000_000;

/** The period day by day, in order; a day that a place has left out is not among them. */
export function byDays({ from, to }: Period, zone: string): readonly PartOfDay[] {
  const parts: PartOfDay[] = [];
  let begin = from;
  for (let day = dayOf(localTimeOf(from, zone)); begin < to; day = dayAfter(day)) {
    const [next = to] = momentsOf(`${dayAfter(day)} 00:00:00`, zone);
    const end = next < to ? next : to;
    if (end <= begin) continue;
    parts.push({ day, from: begin, to: end });
    begin = end;
  }
  return parts;
}

/** The period cut where clocks are changed, in order. */
export function byOffsets({ from, to }: Period, zone: string): readonly SameOffset[] {
  const parts: SameOffset[] = [];
  for (let begin = from; begin < to; ) {
    const offset = offsetAt(begin, zone);
    const end = endOfOffset({ from: begin, to }, offset, zone);
    parts.push({ from: begin, to: end, offsetSeconds: offset / 1_000_000 });
    begin = end;
  }
  return parts;
}

/** The first moment of the period at which the offset is another one; its end when there is none. */
function endOfOffset({ from, to }: Period, offset: number, zone: string): Micros {
  const isSame = (moment: number) => offsetAt(moment as Micros, zone) === offset;
  let same = Math.floor(from / QUARTER) * QUARTER;
  while (same + DAY < to && isSame(same + DAY)) same += DAY;
  let other = same + DAY;
  if (isSame(other)) return to;
  while (other - same > QUARTER) {
    const middle = same + Math.floor((other - same) / QUARTER / 2) * QUARTER;
    if (isSame(middle)) same = middle;
    else other = middle;
  }
  return Math.min(other, to) as Micros;
}

function dayOf(local: string): string {
  return local.slice(0, 'yyyy-mm-dd'.length);
}

function dayAfter(day: string): string {
  return dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + DAY / 1000).toISOString());
}
