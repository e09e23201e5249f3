import {
  clockComparedSchema,
  LEFT_BECAUSE,
  pbxConnectedSchema,
  pbxDisconnectedSchema,
} from '../../domain/connectionEvents.ts';
import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import { timeOf } from '../../domain/recorded.ts';
import type { Micros } from '../../domain/time.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { AROUND_MICROS, EARLIER_SESSIONS } from './limits.ts';

/** A session as the log tells of it; times are of the clock of the server that heard it. */
export type LoggedSession = {
  readonly session: number;
  /** the id of its `PbxConnected` */
  readonly id: string;
  /** of its `PbxConnected` */
  readonly position: bigint;
  readonly beginsAt: Micros;
  /** the PBX's clock minus that server's */
  readonly clockOffsetMs: number | null;
  /** the same, as it was found last in the session, or next by the same server */
  readonly laterOffsetMs: number | null;
  readonly amiVersion: string | null;
  /** the id of the server that heard it; null: an older program has written it */
  readonly server: string | null;
  readonly heardBefore: number | null;
  /** null: its end is not in the log */
  readonly end: SessionEnd | null;
};

export type SessionEnd = {
  /** up to when it has heard */
  readonly at: Micros;
  /** where the log tells of it */
  readonly position: bigint;
  /** another server has told it: what was heard until then is stored, what the journal of that one holds may come yet */
  readonly isOthersWord: boolean;
};

/**
 * The sessions of a PBX that may have heard something since a moment (`since`, by the PBX's clock), the latest written first.
 * Those that keep their place in the log follow each other: what began before several of them is over. Errors: those of the log.
 */
export async function sessionsSince(
  log: Pick<EventStore, 'readStream'>,
  pbx: string,
  since: { readonly at: Micros; readonly id: string },
): Promise<readonly LoggedSession[]> {
  const found: LoggedSession[] = [];
  const ends = new Map<number, SessionEnd>();
  const offsets = new LaterOffsets();
  let earlier = 0;
  for await (const batch of log.readStream(streamOf.pbx(pbx), { direction: 'backwards' })) {
    for (const event of batch) {
      if (event.type === 'PbxDisconnected') ends.set(...endIn(event));
      if (event.type === 'ClockCompared') offsets.compared(event);
      if (event.type !== 'PbxConnected') continue;
      const session = sessionOf(event, ends, offsets);
      offsets.connected(session);
      found.push(session);
      if (session.heardBefore !== null) continue;
      if (byThePbx(session.beginsAt, session.clockOffsetMs) <= since.at - AROUND_MICROS) earlier += 1;
      if (earlier >= EARLIER_SESSIONS || session.id === since.id) return found;
    }
  }
  return found;
}

/** How clocks were compared later, on the way up a stream. */
class LaterOffsets {
  readonly #ofSessions = new Map<number, number>();
  readonly #ofServers = new Map<string, number>();

  compared(event: RecordedEvent): void {
    const { session, clock_offset_ms } = clockComparedSchema.parse(event.data);
    if (!this.#ofSessions.has(session)) this.#ofSessions.set(session, clock_offset_ms);
  }

  connected({ server, clockOffsetMs }: LoggedSession): void {
    if (server !== null && clockOffsetMs !== null) this.#ofServers.set(server, clockOffsetMs);
  }

  of(session: number, server: string | null): number | null {
    const next = server === null ? undefined : this.#ofServers.get(server);
    return this.#ofSessions.get(session) ?? next ?? null;
  }
}

function sessionOf(event: RecordedEvent, ends: ReadonlyMap<number, SessionEnd>, later: LaterOffsets): LoggedSession {
  const {
    at,
    ami_version,
    clock_offset_ms,
    server_id: server = null,
    heard_before,
  } = pbxConnectedSchema.parse(event.data);
  const session = Number(event.revision);
  return {
    session,
    id: event.id,
    position: event.position,
    beginsAt: timeOf(event, at),
    clockOffsetMs: clock_offset_ms,
    laterOffsetMs: later.of(session, server),
    amiVersion: ami_version,
    server,
    heardBefore: heard_before ?? null,
    end: ends.get(session) ?? null,
  };
}

function endIn(event: RecordedEvent): readonly [session: number, SessionEnd] {
  const { session, last_heard_at, reason } = pbxDisconnectedSchema.parse(event.data);
  const isOthersWord = reason === LEFT_BECAUSE.takenOver;
  return [session, { at: timeOf(event, last_heard_at), position: event.position, isOthersWord }];
}

/** A moment of a server's clock, by the PBX's; the clocks of servers are taken for the same where the PBX told none. */
export function byThePbx(at: Micros, clockOffsetMs: number | null): Micros {
  return (at + Math.round((clockOffsetMs ?? 0) * 1_000)) as Micros;
}
