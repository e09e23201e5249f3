import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ControlTables } from '../tables/schema.ts';

/**
 * Until when the version of a row of `read_model_version` is kept to go back to, so many hours after it was replaced. Null:
 * it is no previous version, or the hours are 0: there is no end.
 */
export function rollbackUntil(hours: number): RawBuilder<string | null> {
  if (hours === 0) return sql`null::timestamptz`;
  return sql`case when state = 'previous' then replaced_at + make_interval(hours => ${hours}) end`;
}

/**
 * Gives up the previous versions whose time is over, as `dropVersion` does; their tables go with `sweepVersions`, once
 * whoever follows them has let go. In one statement: a version that is being activated is let alone. Their numbers.
 */
export async function dropExpired(db: Kysely<ControlTables>, hours: number): Promise<readonly number[]> {
  const gone = await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set({ state: 'dropped', progress: null })
    .where('state', '=', 'previous')
    .where('switching', '=', false)
    .where(sql<boolean>`${rollbackUntil(hours)} <= now()`)
    .returning('version')
    .execute();
  return gone.map(({ version }) => version);
}
