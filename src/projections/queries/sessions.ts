import { type Kysely, sql } from 'kysely';
import type { Page, PbxSession, SessionKey } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';

/** Connections to all PBXs, the newest first, each with the silence that followed it. */
export async function listSessions(
  tables: Kysely<VersionTables>,
  after: SessionKey | null,
  limit: number,
): Promise<Page<PbxSession, SessionKey>> {
  const sessions = tables
    .selectFrom('pbx_session')
    .selectAll()
    .select(sql<string | null>`lead(connected_at) over (partition by pbx order by session)`.as('next_connected_at'));
  let query = tables.selectFrom(sessions.as('session')).selectAll();
  if (after !== null) {
    query = query.where((eb) => eb(eb.refTuple('connected_at', 'pbx'), '<', eb.tuple(after.from, after.pbx)));
  }
  const rows = await query
    .orderBy('connected_at', 'desc')
    .orderBy('pbx', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(sessionOf);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? { from: last.from, pbx: last.pbx } : null };
}

type Row = VersionTables['pbx_session'] & { readonly next_connected_at: string | null };

/** A session that another one followed without a `PbxDisconnected` ended with its last fact: the listener was killed. */
function sessionOf(row: Row): PbxSession {
  const { pbx, session, connected_at, disconnected_at, last_heard_at, last_fact_at, reason, next_connected_at } = row;
  const lastFact = next_connected_at === null ? null : (last_fact_at ?? connected_at);
  const to = disconnected_at ?? lastFact;
  const gap = to === null ? null : { from: last_heard_at ?? to, to: next_connected_at };
  return { pbx, session, from: connected_at, to, reason, gap };
}
