/** Which calls are to be folded anew for what is told of the connection to their PBX. */
import { CLOCK_COMPARED_WITHIN } from '../../domain/call/connection.ts';
import { clockComparedSchema, pbxConnectedSchema } from '../../domain/connectionEvents.ts';
import type { RecordedEvent } from '../../domain/events.ts';
import { dataOf, timeOf } from '../../domain/recorded.ts';
import { earliest, type Micros } from '../../domain/time.ts';
import type { About, Batch } from '../tables/batch.ts';
import type { Sql } from '../tables/transaction.ts';
import type { PbxSessions } from './pbxSessions.ts';

/** Of calls of which something was heard from then on something is known otherwise. */
export type HeardSince = { readonly pbx: string; readonly since: Micros };

/** What events of `pbx-` streams tell of clocks, one a PBX. Throws `POISON_EVENT`. */
export function clocksComparedIn(events: readonly About[]): HeardSince[] {
  const first = new Map<string, Micros>();
  for (const { id: pbx, event } of events) {
    const at = comparedAt(event);
    if (at === null) continue;
    const since = (at - CLOCK_COMPARED_WITHIN) as Micros;
    first.set(pbx, earliest(first.get(pbx) ?? since, since));
  }
  return [...first].map(([pbx, since]) => ({ pbx, since }));
}

function comparedAt(event: RecordedEvent): Micros | null {
  if (event.type === 'ClockCompared') return timeOf(event, dataOf(event, clockComparedSchema).at);
  if (event.type !== 'PbxConnected') return null;
  const { at, clock_offset_ms } = dataOf(event, pbxConnectedSchema);
  return clock_offset_ms === null ? null : timeOf(event, at);
}

/**
 * Takes in what the batch says of sessions. Of what it says of one that another has followed already: the calls that later
 * sessions have decided may have been decided otherwise. Throws `POISON_EVENT`.
 */
export async function takeInSessions(
  sql: Sql,
  sessions: PbxSessions,
  { facts, connections }: Batch,
): Promise<readonly HeardSince[]> {
  await sessions.load(sql, [...connections.map(({ id }) => id), ...facts.map(({ fact }) => fact.pbx)]);
  const late = new Map<string, Micros>();
  for (const { id: pbx, event } of connections) {
    const session = sessions.evolve(pbx, event);
    if (session === null || !sessions.isFollowed(pbx, session)) continue;
    const { since } = sessions.lastDecidedBefore(pbx, session);
    late.set(pbx, earliest(late.get(pbx) ?? since, since));
  }
  for (const { fact } of facts) sessions.heard(fact);
  await sessions.write(sql);
  return [...late].map(([pbx, since]) => ({ pbx, since }));
}
