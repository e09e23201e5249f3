import { type Kysely, sql } from 'kysely';
import type { Page, ParkedEvent } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';

/** Events that could not be projected, in the order of the log; `positions`: only these. */
export async function listParked(
  tables: Kysely<VersionTables>,
  after: bigint | null,
  limit: number,
  positions: readonly bigint[] | null = null,
): Promise<Page<ParkedEvent, bigint>> {
  const rows = await tables
    .selectFrom('parked')
    .selectAll()
    .where('position', '>', after ?? 0n)
    .$if(positions !== null, (query) => query.where('position', '=', sql<bigint>`any(${positions})`))
    .orderBy('position')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(({ event_id, parked_at, ...row }) => ({
    ...row,
    eventId: event_id,
    parkedAt: parked_at,
  }));
  return { items, next: rows.length > limit ? (items.at(-1)?.position ?? null) : null };
}
