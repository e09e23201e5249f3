/** Which calls are to be folded anew for what is told of the connection to their PBX. */
import { CLOCK_COMPARED_WITHIN } from '../../domain/channels/connection.ts';
import { clockComparedSchema, pbxConnectedSchema } from '../../domain/connectionEvents.ts';
import type { RecordedEvent } from '../../domain/events.ts';
import { dataOf, timeOf } from '../../domain/recorded.ts';
import { earliest, latest, type Micros } from '../../domain/time.ts';
import type { About, Batch } from '../tables/batch.ts';
import type { Sql } from '../tables/transaction.ts';
import type { PbxSessions } from './pbxSessions.ts';

/** Something is known otherwise of calls of a PBX of which something was heard then; `until` null: for ever. */
export type HeardThen = { readonly pbx: string; readonly since: Micros; readonly until: Micros | null };

/** The clocks of two servers differ by less; what they have heard is compared by them. */
const CLOCKS_APART = 60_000_000;

/** Whose times the events of `pbx-` streams put right by what they tell of clocks. Throws `POISON_EVENT`. */
export function clocksComparedIn(events: readonly About[], sessions: PbxSessions): HeardThen[] {
  const found = new Found();
  for (const { id: pbx, event } of events) {
    const compared = comparedIn(event);
    if (compared === null) continue;
    const { session, at } = compared;
    const since = (at - CLOCK_COMPARED_WITHIN) as Micros;
    found.add({ pbx, since, until: sessions.clockHoldsUntil(pbx, session) });
  }
  return found.all();
}

function comparedIn(event: RecordedEvent): { readonly session: number; readonly at: Micros } | null {
  if (event.type === 'ClockCompared') {
    const { session, at } = dataOf(event, clockComparedSchema);
    return { session, at: timeOf(event, at) };
  }
  if (event.type !== 'PbxConnected') return null;
  const { at, clock_offset_ms } = dataOf(event, pbxConnectedSchema);
  return clock_offset_ms === null ? null : { session: Number(event.revision), at: timeOf(event, at) };
}

/**
 * Takes in what the batch says of sessions. Of what it says of one that another has followed already, its end or the
 * last fact of one without an end: the calls that later sessions have decided may have been decided otherwise. Throws
 * `POISON_EVENT`.
 */
export async function takeInSessions(
  sql: Sql,
  sessions: PbxSessions,
  { facts, connections }: Batch,
): Promise<readonly HeardThen[]> {
  await sessions.load(sql, [...connections.map(({ id }) => id), ...facts.map(({ fact }) => fact.pbx)]);
  const late = new Found();
  const toldOf = (pbx: string, session: number) => {
    const { since } = sessions.lastDecidedBefore(pbx, session);
    const until = (sessions.lastHeardIn(pbx, session) + CLOCKS_APART) as Micros;
    late.add({ pbx, since: (since - CLOCKS_APART) as Micros, until });
  };
  for (const { id: pbx, event } of connections) {
    const session = sessions.evolve(pbx, event);
    if (session !== null && sessions.isFollowed(pbx, session)) toldOf(pbx, session);
  }
  for (const { fact } of facts) sessions.heard(fact);
  for (const { fact } of facts.filter(({ fact }) => sessions.endsWith(fact))) toldOf(fact.pbx, fact.session);
  await sessions.write(sql);
  return late.all();
}

/** One a PBX. */
class Found {
  readonly #byPbx = new Map<string, HeardThen>();

  add(found: HeardThen): void {
    const { pbx, since, until } = this.#byPbx.get(found.pbx) ?? found;
    const last = until === null || found.until === null ? null : latest(until, found.until);
    this.#byPbx.set(pbx, { pbx, since: earliest(since, found.since), until: last });
  }

  all(): HeardThen[] {
    return [...this.#byPbx.values()];
  }
}
