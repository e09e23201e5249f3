import type { Kysely } from 'kysely';
import type { Change } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { entriesById } from './listedComms.ts';
import { checkpointOf } from './status.ts';

type Tables = Kysely<VersionTables>;

/**
 * Changes after `after`, at most `limit`. Null when they cannot go on from there: the next one is no longer kept, or the
 * tables have not come that far (they were restored from a backup).
 */
export async function changesAfter(tables: Tables, after: bigint, limit: number): Promise<readonly Change[] | null> {
  // before the changes: one that is written in between must not look like one that is missing
  const { seq: last } = await checkpointOf(tables);
  const rows = await tables
    .selectFrom('changes')
    .select(['seq', 'id', 'kind', 'current_id'])
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  // they are numbered without gaps
  const next = rows[0]?.seq ?? last + 1n;
  if (next !== after + 1n) return null;
  const found = await entriesById(
    tables,
    rows.filter((row) => row.kind === 'upsert').map((row) => row.id),
  );
  return rows.map(({ seq, id, kind, current_id }) => ({
    seq,
    id,
    kind,
    entry: kind === 'upsert' ? (found.get(id) ?? null) : null,
    currentId: current_id,
  }));
}
