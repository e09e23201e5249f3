import type pg from 'pg';
import type { NewEvent } from '../../src/domain/events.ts';

/** One INSERT of many rows into `bare`, a table with the columns and indexes of the log. */
export async function bareInsert(pool: pg.Pool, position: number, events: readonly NewEvent[]): Promise<void> {
  const rows = events.map((_, n) => `(${Array.from({ length: 7 }, (__, column) => `$${n * 7 + column + 1}`).join()})`);
  await pool.query({
    name: 'bare',
    text: `insert into bare (position, stream, revision, id, type, data, metadata) values ${rows.join()}`,
    values: events.flatMap(({ id, type, data, metadata }, n) => [
      position + n,
      'call-bench',
      position + n,
      id,
      type,
      JSON.stringify(data),
      JSON.stringify(metadata),
    ]),
  });
}
