import type { Connection } from '../../domain/call/foldGroup.ts';
import {
  channelsListedSchema,
  pbxConnectedSchema,
  pbxDisconnectedSchema,
  type RecordedEvent,
} from '../../domain/events.ts';
import type { Fact } from '../../domain/facts/fact.ts';
import { dataOf, timeOf } from '../../domain/recorded.ts';
import { type Micros, toRfc3339 } from '../../domain/time.ts';
import type { VersionTables } from '../tables/schema.ts';
import { columnOf, microsOf, microsOrNull } from '../tables/times.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';

type Row = VersionTables['pbx_session'];
/** When and where a fact was heard. */
type Heard = Pick<Fact, 'pbx' | 'session' | 'receivedAt'>;
type Session = Connection & { readonly listedAt: Micros | null; lastFactAt: Micros | null };

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
        const { at } = dataOf(event, pbxConnectedSchema);
        const session = Number(event.revision);
        this.#set({
          pbx,
          session,
          connectedAt: timeOf(event, at),
          disconnectedAt: null,
          lastHeardAt: null,
          pbxWentDown: false,
          reason: null,
          listedAt: null,
          lastFactAt: null,
        });
        return session;
      }
      case 'PbxDisconnected': {
        const data = dataOf(event, pbxDisconnectedSchema);
        this.#change(pbx, data.session, {
          disconnectedAt: timeOf(event, data.at),
          lastHeardAt: timeOf(event, data.last_heard_at),
          pbxWentDown: data.pbx_went_down,
          reason: data.reason,
        });
        return data.session;
      }
      case 'ChannelsListed': {
        const data = dataOf(event, channelsListedSchema);
        this.#change(pbx, data.session, { listedAt: timeOf(event, data.at) });
        return data.session;
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

  /** The PBX's connections from the session `first` on, as far as a call of that session can depend on them. */
  from(pbx: string, first: number): readonly Connection[] {
    const sessions = this.#sessions.get(pbx) ?? [];
    const start = sessions.findLastIndex(({ session }) => session <= first);
    return sessions.slice(Math.max(start, 0)).map((session, at, all) => ended(session, at < all.length - 1));
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
         listed_at = excluded.listed_at, last_fact_at = excluded.last_fact_at`,
      [jsonRows(rows)],
    );
  }

  #find(pbx: string, session: number): Session | undefined {
    return this.#sessions.get(pbx)?.findLast((known) => known.session === session);
  }

  /** What an event says of a session that is not known (its `PbxConnected` is parked) is not kept. */
  #change(pbx: string, session: number, change: Partial<Session>): void {
    const known = this.#find(pbx, session);
    if (known) this.#set({ ...known, ...change });
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
    last_fact_at: columnOf(session.lastFactAt),
  };
}
