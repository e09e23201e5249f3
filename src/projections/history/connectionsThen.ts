import { type Kysely, sql } from 'kysely';
import { LEFT_BECAUSE } from '../../domain/connectionEvents.ts';
import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import { bySession, type Hearing } from '../../domain/facts/hearing.ts';
import { isRecordedBy } from '../../domain/recorded.ts';
import type { Micros } from '../../domain/time.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { VersionTables } from '../tables/schema.ts';
import type { FoundSources } from './entrySources.ts';

/** After which nothing is expected any more of calls that earlier sessions have heard. */
const DECIDES: ReadonlySet<string> = new Set(['ChannelsListed', 'PbxRestarted']);

/** Events of the connection that are read for what one server tells of its session after another one's has decided. */
const LATE_WITHIN = 1_000;

/**
 * What was known at `time` of the connections that decide about a call: from the first one that heard of it, or that was
 * there when it began, until a later session shows which channels are open, and what was told late of those between. A PBX
 * may have been connected to ten thousand times since.
 */
export async function connectionsThen(
  { log, tables }: { readonly log: Pick<EventStore, 'readStream'>; readonly tables: Kysely<VersionTables> },
  { group }: FoundSources,
  heard: readonly RecordedEvent[],
  time: Micros,
): Promise<readonly RecordedEvent[]> {
  if (group === null) return [];
  const there = await sessionAtBegin(tables, group.pbx, heard);
  const sessions = [...heard.flatMap(hearingIn), ...there].sort(bySession);
  const [first, last] = [sessions[0], sessions.at(-1)];
  if (first === undefined || last === undefined) return [];
  const from = first.heardBefore ?? first.session;
  const told = new Told(last);
  const events: RecordedEvent[] = [];
  let late: number | null = null;
  for await (const batch of log.readStream(streamOf.pbx(group.pbx), { from: BigInt(from) })) {
    const then = batch.filter((event) => isRecordedBy(event, time));
    events.push(...then);
    for (const event of then) told.take(event);
    if (then.length < batch.length) break;
    const read = Number(batch.at(-1)?.revision ?? 0n);
    if (told.decidedBy === null) continue;
    late ??= await lastWrittenLate(tables, group.pbx, { from, to: told.decidedBy.session });
    if (read >= late && (told.isSettled() || read >= late + LATE_WITHIN)) break;
  }
  return events;
}

/** What the events say of the sessions behind one. */
class Told {
  /** the first session that shows which channels are open */
  decidedBy: Hearing | null = null;
  readonly #last: Hearing;
  readonly #begun = new Map<number, Hearing>();
  /** sessions of which nothing is told any more */
  readonly #over = new Set<number>();

  constructor(last: Hearing) {
    this.#last = last;
  }

  take(event: RecordedEvent): void {
    const { type, data } = event;
    if (type === 'PbxConnected') this.#begun.set(Number(event.revision), beginningIn(event));
    // what its journal holds of a session that was taken over is told before the gap is
    if (type === 'PbxDisconnected' && data.reason !== LEFT_BECAUSE.takenOver) this.#over.add(Number(data.session));
    if (type === 'GapHeard') this.#over.add(Number(data.heard_session));
    const session = this.#begun.get(Number(data.session));
    const decides = DECIDES.has(type) && session !== undefined && bySession(session, this.#last) > 0;
    if (decides && (this.decidedBy === null || bySession(session, this.decidedBy) < 0)) this.decidedBy = session;
  }

  /** Whether nothing is told any more of the sessions before the one that decides. */
  isSettled(): boolean {
    const { decidedBy } = this;
    if (decidedBy === null) return false;
    const before = [...this.#begun.values()].filter((session) => bySession(session, decidedBy) < 0);
    return before.every(({ session }) => this.#over.has(session));
  }
}

function hearingIn({ metadata: { session, heard_before } }: RecordedEvent): Hearing[] {
  if (typeof session !== 'number') return [];
  return [{ session, heardBefore: typeof heard_before === 'number' ? heard_before : null }];
}

function beginningIn({ revision, data: { heard_before } }: RecordedEvent): Hearing {
  return { session: Number(revision), heardBefore: typeof heard_before === 'number' ? heard_before : null };
}

/** The session that was there when the first of the call's imported records begins. */
async function sessionAtBegin(
  tables: Kysely<VersionTables>,
  pbx: string,
  heard: readonly RecordedEvent[],
): Promise<Hearing[]> {
  const begins = heard.flatMap(({ metadata: { began_at } }) => (typeof began_at === 'string' ? [began_at] : []));
  const [first] = begins.sort();
  if (first === undefined) return [];
  const rows = await tables
    .selectFrom('pbx_session')
    .select(['session', 'heard_before'])
    .where('pbx', '=', pbx)
    .where('connected_at', '<=', first)
    .orderBy(sql`coalesce(heard_before, session)`, 'desc')
    .orderBy(sql`heard_before is null`, 'desc')
    .orderBy('session', 'desc')
    .limit(1)
    .execute();
  return rows.map(({ session, heard_before }) => ({ session, heardBefore: heard_before }));
}

/** The last session that belongs between the two, or is `to`. */
async function lastWrittenLate(
  tables: Kysely<VersionTables>,
  pbx: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number> {
  const { session } = await tables
    .selectFrom('pbx_session')
    .where('pbx', '=', pbx)
    .where('heard_before', '>=', from)
    .where('heard_before', '<=', to)
    .select((eb) => eb.fn.max('session').as('session'))
    .executeTakeFirstOrThrow();
  return Math.max(session ?? to, to);
}
