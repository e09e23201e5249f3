import { fromRfc3339, type Micros, toRfc3339 } from '../../domain/time.ts';

/** A column's time. */
export function microsOf(column: string): Micros {
  const time = fromRfc3339(column);
  if (time === null) throw new Error('a time in the database is none');
  return time;
}

export function microsOrNull(column: string | null): Micros | null {
  return column === null ? null : microsOf(column);
}

export function columnOf(time: Micros | null): string | null {
  return time === null ? null : toRfc3339(time);
}
