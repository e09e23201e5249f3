import type { Selectable } from 'kysely';
import { CLOCK_COMPARED_WITHIN, type ClockReading } from '../../domain/call/connection.ts';
import type { Connection } from '../../domain/call/foldGroup.ts';
import {
  channelsListedSchema,
  clockComparedSchema,
  pbxConnectedSchema,
  pbxDisconnectedSchema,
  pbxRestartedSchema,
} from '../../domain/connectionEvents.ts';
import type { RecordedEvent } from '../../domain/events.ts';
import type { Fact } from '../../domain/facts/fact.ts';
import { dataOf, timeOf } from '../../domain/recorded.ts';
import { earliest, type Micros, toRfc3339 } from '../../domain/time.ts';
import type { About } from '../tables/batch.ts';
import type { VersionTables } from '../tables/schema.ts';
import { columnOf, microsOf, microsOrNull } from '../tables/times.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';

type Row = Selectable<VersionTables['pbx_session']>;
/** When and where a fact was heard. */
type Heard = Pick<Fact, 'pbx' | 'session' | 'receivedAt'>;
type Session = Required<Connection> & { lastFactAt: Micros | null };

/** The first session that heard of a call, and when its first record begins; null: none did, it has none. */
export type FirstKnown = { readonly session: number | null; readonly recordedAt: Micros | null };

/** A clock that moves oftener in one session is none; the first comparisons count, so that all who read the log agree. */
const MAX_READINGS = 1_000;

/** The connections to the PBXs: the fold of the `pbx-` streams, and when each was last heard in a fact. */
export class PbxSessions {
  /** by PBX, in the order of the sessions */
  readonly #sessions = new Map<string, Session[]>();
  readonly #changed = new Set<Session>();

  /** Reads those of the PBXs that are not known yet. */
  async load(sql: Sql, pbxs: Iterable<string>): Promise<void> {
    const wanted = [...new Set(pbxs)].filter((pbx) => !this.#sessions.has(pbx));
    if (wanted.length === 0) return;
    for (const pbx of wanted) this.#sessions.set(pbx, []);
    const rows = await sql<Row>('select * from pbx_session where pbx = any($1) order by pbx, session', [wanted]);
    for (const row of rows) this.#sessions.get(row.pbx)?.push(sessionOf(row));
  }

  /** Takes one event of `pbx-<pbx>` in. The session that it tells about; null: none. Throws `POISON_EVENT`. */
  evolve(pbx: string, event: RecordedEvent): number | null {
    switch (event.type) {
      case 'PbxConnected': {
        const { at, clock_offset_ms } = dataOf(event, pbxConnectedSchema);
        const session = Number(event.revision);
        const connectedAt = timeOf(event, at);
        this.#set({
          pbx,
          session,
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
    const isFollowed = this.#sessions.get(pbx)?.at(-1) !== known;
    return isFollowed && known?.disconnectedAt === null && known.lastFactAt === receivedAt;
  }

  /** The PBX's connections as far as a call can depend on them: from the one on that heard of it or was there first. */
  from(pbx: string, { session: first, recordedAt }: FirstKnown): readonly Connection[] {
    const all = this.#sessions.get(pbx) ?? [];
    const heard =
      first === null
        ? -1
        : Math.max(
            all.findLastIndex(({ session }) => session <= first),
            0,
          );
    const there = recordedAt === null ? -1 : all.findLastIndex(({ connectedAt }) => connectedAt <= recordedAt);
    const starts = [heard, there].filter((start) => start >= 0);
    const sessions = starts.length === 0 ? [] : all.slice(Math.min(...starts));
    return sessions.map((session, at) => ended(session, at < sessions.length - 1));
  }

  /** The last session before this one that showed which channels were open: no call that others before it heard can go on. */
  lastDecidedBefore(pbx: string, session: number): number {
    const before = (this.#sessions.get(pbx) ?? []).filter((known) => known.session < session);
    return before.findLast(({ listedAt, restartedBy }) => listedAt !== null || restartedBy !== null)?.session ?? 0;
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
    else sessions.push(session);
    this.#sessions.set(session.pbx, sessions);
    this.#changed.add(session);
  }
}

/** Of what was heard from when on a PBX's clock is known otherwise. */
export type ClockCompared = { readonly pbx: string; readonly since: Micros };

/** What events of `pbx-` streams tell of clocks, one a PBX. Throws `POISON_EVENT`. */
export function clocksComparedIn(events: readonly About[]): ClockCompared[] {
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
