import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { batchOf, incomingOf } from '../tables/batch.ts';
import { withoutParked } from '../tables/parked.ts';
import { microsOrNull } from '../tables/times.ts';
import type { Sql } from '../tables/transaction.ts';
import type { PbxSessions } from './pbxSessions.ts';

type Told = {
  readonly pbx: string;
  /** all that its stream says up to the checkpoint */
  readonly events: readonly RecordedEvent[];
  /** one of them that was parked until now */
  readonly added: bigint;
  /** the checkpoint */
  readonly upTo: bigint;
};

/**
 * Folds the connections to a PBX anew; `sessions` know nothing yet. The session that the added event tells about, null when
 * it tells about none. Throws `POISON_EVENT`.
 */
export async function foldPbxSessionsAnew(
  sql: Sql,
  log: EventStore,
  sessions: PbxSessions,
  { pbx, events, added, upTo }: Told,
): Promise<number | null> {
  const before = await sql<{ session: number; last_fact_at: string | null }>(
    'delete from pbx_session where pbx = $1 returning session, last_fact_at',
    [pbx],
  );
  await sessions.load(sql, [pbx]);
  const told = events.map((event) => ({ event, session: sessions.evolve(pbx, event) }));
  for (const { session, last_fact_at } of before) {
    sessions.heard({ pbx, session, receivedAt: microsOrNull(last_fact_at) });
  }
  const { event, session } = told.find((one) => one.event.position === added) ?? {};
  // nobody has noted when a session was heard that was not known
  if (event?.type === 'PbxConnected') await hearFacts(sql, log, sessions, { pbx, after: added, upTo });
  await sessions.write(sql);
  return session ?? null;
}

async function hearFacts(
  sql: Sql,
  log: EventStore,
  sessions: PbxSessions,
  { pbx, after, upTo }: { readonly pbx: string; readonly after: bigint; readonly upTo: bigint },
): Promise<void> {
  for await (const read of log.readAll(after, { streamPrefixes: [streamOf.call(pbx, '')] })) {
    const events = read.filter(({ position }) => position <= upTo);
    // a statement each batch: a transaction that says nothing for long is taken for one of a stopped process
    for (const { fact } of batchOf((await withoutParked(sql, events)).map(incomingOf)).facts) sessions.heard(fact);
    if (events.length < read.length) return;
  }
}
