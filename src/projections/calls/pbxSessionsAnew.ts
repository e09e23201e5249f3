import type { RecordedEvent } from '../../domain/events.ts';
import type { LogAtHand } from '../tables/logAtHand.ts';
import { parkedPositions } from '../tables/parked.ts';
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
  log: LogAtHand,
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
  if (event?.type === 'PbxConnected') {
    const heard = log.lastHeard({ pbx, after: added, upTo, parked: await parkedPositions(sql) });
    for (const [number, receivedAt] of heard) sessions.heard({ pbx, session: number, receivedAt });
  }
  await sessions.write(sql);
  return session ?? null;
}
