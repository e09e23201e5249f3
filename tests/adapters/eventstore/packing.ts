import type pg from 'pg';
import { packBlock } from '../../../src/adapters/eventstore/postgres/packs/packBlock.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';

/** Of any age. */
const before = Number.POSITIVE_INFINITY;

/** Packs what can be packed in blocks of these sizes, one after the other; the number of events. */
export async function packAll(pool: pg.Pool, schema: string, sizes: readonly number[]): Promise<number> {
  let all = 0;
  for (const events of sizes) {
    for (let packed = 1; packed > 0; all += packed) packed = await packBlock(pool, schema, { before, events });
  }
  return all;
}

/** Packs a block of what is left: all of it, or as much as `some` says of so many events. */
export async function packOne(pool: pg.Pool, schema: string, some = (left: number) => left): Promise<void> {
  const { rows } = await pool.query<{ left: number }>(`select count(*)::int as left from ${schema}.event`);
  const left = rows[0]?.left ?? 0;
  if (left > 0) await packBlock(pool, schema, { before, events: some(left) });
}

/** The same log; after each append something is packed. */
export function packingAlong(log: EventStore, pack: () => Promise<unknown>): EventStore {
  return {
    ...log,
    async append(stream, events, expected) {
      const result = await log.append(stream, events, expected);
      await pack();
      return result;
    },
  };
}
