/** The parts of a period as rows to join with; zones are those of `Intl`, as everywhere: PostgreSQL has other names for some. */
import { sql } from 'kysely';
import { byDays, byOffsets, type Period } from '../../domain/localDays.ts';
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

/** `part (offset_seconds, part_from, part_to)`: one row for as long as the clocks of the zone are not changed. */
export function offsetsOf(asked: Asked) {
  const parts = byOffsets(periodOf(asked), asked.timeZone);
  const { from, to } = columnsOf(parts);
  const seconds = parts.map(({ offsetSeconds }) => offsetSeconds);
  return sql<{ offset_seconds: number; part_from: string; part_to: string }>`unnest(
    ${seconds}::float8[], ${from}::timestamptz[], ${to}::timestamptz[])`.as<'part'>(
    sql`part (offset_seconds, part_from, part_to)`,
  );
}

function periodOf({ from, to }: Asked): Period {
  return { from: microsOf(from), to: microsOf(to) };
}

function columnsOf(parts: readonly Period[]) {
  return { from: parts.map(({ from }) => columnOf(from)), to: parts.map(({ to }) => columnOf(to)) };
}
