import type { Selectable } from 'kysely';
import type { Connection } from '../../domain/call/foldGroup.ts';
import type { ClockReading } from '../../domain/channels/connection.ts';
import {
  channelsListedSchema,
  clockComparedSchema,
  pbxConnectedSchema,
  pbxDisconnectedSchema,
  pbxRestartedSchema,
} from '../../domain/connectionEvents.ts';
import type { RecordedEvent } from '../../domain/events.ts';
import type { Fact } from '../../domain/facts/fact.ts';
import { bySession, type Hearing } from '../../domain/facts/hearing.ts';
import { dataOf, timeOf } from '../../domain/recorded.ts';
import { earliest, latest, type Micros, toRfc3339 } from '../../domain/time.ts';
import type { VersionTables } from '../tables/schema.ts';
import { columnOf, microsOf, microsOrNull } from '../tables/times.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';

type Row = Selectable<VersionTables['pbx_session']>;
/** When and where a fact was heard. */
type Heard = Pick<Fact, 'pbx' | 'session' | 'receivedAt'>;
type Session = Required<Connection> & { lastFactAt: Micros | null };

/** The first session that heard of a call, and when its first record begins; null: none did, it has none. */
export type FirstKnown = { readonly heard: Hearing | null; readonly recordedAt: Micros | null };

/** Sessions from one on, in their order: the lowest of their numbers, and when the earliest of them began. */
export type Onwards = { readonly session: number; readonly since: Micros };

const NEVER_HEARD = { connectedAt: 0 as Micros, lastHeardAt: null, lastFactAt: null };

/** A clock that moves oftener in one session is none; the first comparisons count, so that all who read the log agree. */
const MAX_READINGS = 1_000;

/** The connections to the PBXs: the fold of the `pbx-` streams, and when each was last heard in a fact. */
export class PbxSessions {
  /** by PBX, in the order in which they began (`bySession`) */
  readonly #sessions = new Map<string, Session[]>();
  readonly #changed = new Set<Session>();

  /** Reads those of the PBXs that are not known yet. */
  async load(sql: Sql, pbxs: Iterable<string>): Promise<void> {
    const wanted = [...new Set(pbxs)].filter((pbx) => !this.#sessions.has(pbx));
    if (wanted.length === 0) return;
    for (const pbx of wanted) this.#sessions.set(pbx, []);
    const rows = await sql<Row>('select * from pbx_session where pbx = any($1)', [wanted]);
    for (const session of rows.map(sessionOf).sort(bySession)) this.#sessions.get(session.pbx)?.push(session);
  }

  /** Takes one event of `pbx-<pbx>` in. The session that it tells about; null: none. Throws `POISON_EVENT`. */
  evolve(pbx: string, event: RecordedEvent): number | null {
    switch (event.type) {
      case 'PbxConnected': {
        const { at, clock_offset_ms, heard_before } = dataOf(event, pbxConnectedSchema);
        const session = Number(event.revision);
        const connectedAt = timeOf(event, at);
        this.#set({
          pbx,
          session,
          heardBefore: heard_before ?? null,
          connectedAt,
          disconnectedAt: null,
          lastHeardAt: null,
          pbxWentDown: false,
          reason: null,
          listedAt: null,
          restartedBy: null,
          clock: clock_offset_ms === null ? [] : [readingOf(connectedAt, clock_offset_ms)],
          lastFactAt: null,
        });
        return session;
      }
      case 'PbxDisconnected': {
        const data = dataOf(event, pbxDisconnectedSchema);
        this.#change(pbx, data.session, () => ({
          disconnectedAt: timeOf(event, data.at),
          lastHeardAt: timeOf(event, data.last_heard_at),
          pbxWentDown: data.pbx_went_down,
          reason: data.reason,
        }));
        return data.session;
      }
      case 'ChannelsListed': {
        const data = dataOf(event, channelsListedSchema);
        this.#change(pbx, data.session, () => ({ listedAt: timeOf(event, data.at) }));
        return data.session;
      }
      case 'PbxRestarted': {
        const { session, started_at } = dataOf(event, pbxRestartedSchema);
        const startedAt = started_at === null ? null : timeOf(event, started_at);
        // calls that the session's list has ended are not folded again for another reason
        this.#change(pbx, session, ({ listedAt, connectedAt }) =>
          listedAt === null ? { restartedBy: startedAt ?? connectedAt } : {},
        );
        return session;
      }
      case 'ClockCompared': {
        const { session, at, clock_offset_ms } = dataOf(event, clockComparedSchema);
        const reading = readingOf(timeOf(event, at), clock_offset_ms);
        this.#change(pbx, session, ({ clock }) => ({ clock: [...clock, reading].slice(0, MAX_READINGS) }));
        return session;
      }
      default:
        return null;
    }
  }

  heard({ pbx, session, receivedAt }: Heard): void {
    const known = this.#find(pbx, session);
    if (known && receivedAt !== null && receivedAt > (known.lastFactAt ?? 0)) {
      known.lastFactAt = receivedAt;
      this.#changed.add(known);
    }
  }

  /** Whether it is the last fact of a session that is taken to have ended with it. */
  endsWith({ pbx, session, receivedAt }: Heard): boolean {
    const known = this.#find(pbx, session);
    return this.isFollowed(pbx, session) && known?.disconnectedAt === null && known.lastFactAt === receivedAt;
  }

  /** Whether another session began later: what is told of it from now on may come after calls were decided by that one. */
  isFollowed(pbx: string, session: number): boolean {
    const known = this.#find(pbx, session);
    return known !== undefined && known !== this.#sessions.get(pbx)?.at(-1);
  }

  /** When the PBX was last heard in it, as far as is known. */
  lastHeardIn(pbx: string, session: number): Micros {
    const { connectedAt, lastHeardAt, lastFactAt } = this.#find(pbx, session) ?? NEVER_HEARD;
    return latest(connectedAt, lastHeardAt ?? connectedAt, lastFactAt ?? connectedAt);
  }

  /** Until when a comparison of the clocks in it can be the last one that holds; null: for ever. */
  clockHoldsUntil(pbx: string, session: number): Micros | null {
    const all = this.#sessions.get(pbx) ?? [];
    const at = all.findIndex((known) => known.session === session);
    const next = all.find(({ clock }, later) => later > at && clock.length > 0)?.clock[0];
    return next === undefined ? null : latest(this.lastHeardIn(pbx, session), next.at);
  }

  /** The PBX's connections as far as a call can depend on them: from the one on that heard of it or was there first. */
  from(pbx: string, { heard: first, recordedAt }: FirstKnown): readonly Connection[] {
    const all = this.#sessions.get(pbx) ?? [];
    const begun = first === null ? -1 : all.findLastIndex((known) => bySession(known, first) <= 0);
    const heard = first === null ? -1 : Math.max(begun, 0);
    const there = recordedAt === null ? -1 : all.findLastIndex(({ connectedAt }) => connectedAt <= recordedAt);
    const starts = [heard, there].filter((start) => start >= 0);
    return starts.length === 0 ? [] : this.all(pbx).slice(Math.min(...starts));
  }

  /** All connections to a PBX, in the order in which they began. */
  all(pbx: string): readonly Connection[] {
    const sessions = this.#sessions.get(pbx) ?? [];
    return sessions.map((session, at) => ended(session, at < sessions.length - 1));
  }

  /** From the last session before this one that showed which channels were open: no call that only earlier ones heard can go on. */
  lastDecidedBefore(pbx: string, session: number): Onwards {
    const all = this.#sessions.get(pbx) ?? [];
    const at = all.findIndex((known) => known.session === session);
    const decided = all.findLastIndex(
      ({ listedAt, restartedBy }, before) => before < at && (listedAt !== null || restartedBy !== null),
    );
    const onwards = all.slice(Math.max(decided, 0));
    return onwards.reduce<Onwards>(
      (first, known) => ({
        session: Math.min(first.session, known.session),
        since: earliest(first.since, known.connectedAt),
      }),
      { session, since: this.#find(pbx, session)?.connectedAt ?? (0 as Micros) },
    );
  }

  async write(sql: Sql): Promise<void> {
    if (this.#changed.size === 0) return;
    const rows = [...this.#changed].map(rowOf);
    this.#changed.clear();
    await sql(
      `insert into pbx_session select * from json_populate_recordset(null::pbx_session, $1)
       on conflict (pbx, session) do update set
         connected_at = excluded.connected_at, disconnected_at = excluded.disconnected_at,
         last_heard_at = excluded.last_heard_at, reason = excluded.reason, pbx_went_down = excluded.pbx_went_down,
         listed_at = excluded.listed_at, restarted_by = excluded.restarted_by, clock = excluded.clock,
         last_fact_at = excluded.last_fact_at`,
      [jsonRows(rows)],
    );
  }

  #find(pbx: string, session: number): Session | undefined {
    return this.#sessions.get(pbx)?.findLast((known) => known.session === session);
  }

  /** What an event says of a session that is not known (its `PbxConnected` is parked) is not kept. */
  #change(pbx: string, session: number, change: (known: Session) => Partial<Session>): void {
    const known = this.#find(pbx, session);
    if (known) this.#set({ ...known, ...change(known) });
  }

  #set(session: Session): void {
    const sessions = this.#sessions.get(session.pbx) ?? [];
    const at = sessions.findLastIndex((known) => known.session === session.session);
    const [before] = at < 0 ? [] : sessions.splice(at, 1, session);
    if (before) this.#changed.delete(before);
    else sessions.splice(sessions.findLastIndex((known) => bySession(known, session) < 0) + 1, 0, session);
    this.#sessions.set(session.pbx, sessions);
    this.#changed.add(session);
  }
}

function readingOf(at: Micros, offsetMs: number): ClockReading {
  return { at, offset: Math.round(offsetMs * 1000) };
}

/** A session that another one followed without a `PbxDisconnected` ended with its last fact: the listener was killed. */
function ended({ lastFactAt, ...session }: Session, followed: boolean): Connection {
  if (session.disconnectedAt !== null || !followed) return session;
  const at = lastFactAt ?? session.connectedAt;
  return { ...session, disconnectedAt: at, lastHeardAt: at };
}

function sessionOf(row: Row): Session {
  return {
    pbx: row.pbx,
    session: row.session,
    heardBefore: row.heard_before,
    connectedAt: microsOf(row.connected_at),
    disconnectedAt: microsOrNull(row.disconnected_at),
    lastHeardAt: microsOrNull(row.last_heard_at),
    pbxWentDown: row.pbx_went_down,
    reason: row.reason,
    listedAt: microsOrNull(row.listed_at),
    restartedBy: microsOrNull(row.restarted_by),
    clock: (row.clock ?? []).map(({ at, offset_ms }) => readingOf(microsOf(at), offset_ms)),
    lastFactAt: microsOrNull(row.last_fact_at),
  };
}

function rowOf(session: Session): Row {
  return {
    pbx: session.pbx,
    session: session.session,
    heard_before: session.heardBefore ?? null,
    connected_at: toRfc3339(session.connectedAt),
    disconnected_at: columnOf(session.disconnectedAt),
    last_heard_at: columnOf(session.lastHeardAt),
    reason: session.reason,
    pbx_went_down: session.pbxWentDown,
    listed_at: columnOf(session.listedAt),
    restarted_by: columnOf(session.restartedBy),
    clock: session.clock.map(({ at, offset }) => ({ at: toRfc3339(at), offset_ms: offset / 1000 })),
    last_fact_at: columnOf(session.lastFactAt),
  };
}
