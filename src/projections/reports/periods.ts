/** The parts of a period as rows to join with; zones are those of `Intl`, as everywhere: PostgreSQL has other names for some. */
import { sql } from 'kysely';
import { byDays, byOffsets, type Period } from '../../domain/localDays.ts';
import { toRfc3339 } from '../../domain/time.ts';
import { columnOf, microsOf } from '../tables/times.ts';

type Asked = { readonly from: string; readonly to: string; readonly timeZone: string };

/** `part (day, part_from, part_to)`: one row a day of the zone. */
export function daysOf(asked: Asked) {
  const parts = byDays(periodOf(asked), asked.timeZone);
  const { from, to } = columnsOf(parts);
  const days = parts.map(({ day }) => day);
  return sql<{ day: string; part_from: string; part_to: string }>`unnest(
    ${days}::text[], ${from}::timestamptz[], ${to}::timestamptz[])`.as<'part'>(sql`part (day, part_from, part_to)`);
}

/** The parts in which the clocks of the zone are not changed. */
export function offsetsOf(
  asked: Asked,
): readonly { readonly from: string; readonly to: string; readonly offset: number }[] {
  const parts = byOffsets(periodOf(asked), asked.timeZone);
  return parts.map(({ from, to, offsetSeconds: offset }) => ({ from: toRfc3339(from), to: toRfc3339(to), offset }));
}

function periodOf({ from, to }: Asked): Period {
  return { from: microsOf(from), to: microsOf(to) };
}

function columnsOf(parts: readonly Period[]) {
  return { from: parts.map(({ from }) => columnOf(from)), to: parts.map(({ to }) => columnOf(to)) };
}
