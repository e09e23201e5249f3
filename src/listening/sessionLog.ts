import { v5 as uuidv5 } from 'uuid';
import type { z } from 'zod';
import type {
  channelsListedSchema,
  clockComparedSchema,
  gapHeardSchema,
  pbxConnectedSchema,
  pbxDisconnectedSchema,
  pbxRestartedSchema,
} from '../domain/connectionEvents.ts';
import { envelope } from '../domain/envelope.ts';
import { type JsonObject, streamOf } from '../domain/events.ts';
import { type Micros, toRfc3339 } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExpectedRevision } from '../ports/eventStore.ts';
import type { Holder } from '../ports/lease.ts';
import type { Heard } from './heard.ts';
import type { LogAppender } from './logAppender.ts';

type Options = {
  readonly pbx: string;
  readonly app: string;
  readonly clock: Clock;
  /** this server; null: it is alone by its nature */
  readonly server: Holder | null;
  /** asked before each try to append */
  readonly may: () => boolean;
};
type HeardOf<Kind extends Heard['kind']> = Extract<Heard, { kind: Kind }>;
type Connected = Omit<HeardOf<'connected'>, 'kind'> & { readonly heardBefore: number | null };
type Disconnected = Omit<HeardOf<'disconnected'>, 'kind'>;

/** A session that is in the log: its number, and where its `PbxConnected` stands. */
export type OpenedSession = { readonly session: number; readonly position: bigint };

/** What became of a gap because a journal held it. */
export type GapHeard = Omit<z.infer<typeof gapHeardSchema>, 'at' | 'until'> & {
  /** of the stretch that was heard */
  readonly connection: string;
  readonly until: Micros;
};

/** Namespaces of ids that a second try of the same has again. Of `PbxDisconnected` there is one a connection. */
const END_NAMESPACE = '6f1c9a0e-5d0b-4b8e-9a55-2b6f0c7d1e93';
const WITHIN_NAMESPACE = 'a4a0f2f5-6d0c-4a7b-8c53-1f0e7d92b6c8';

/** The stream of a connection: every session begins with `PbxConnected`, whose revision is the session's number. */
export class SessionLog {
  readonly #appender: LogAppender;
  readonly #options: Options;
  #end: ExpectedRevision = 'no_stream';

  constructor(appender: LogAppender, options: Options) {
    this.#appender = appender;
    this.#options = options;
  }

  /**
   * The session of a connection, which is opened if the log does not have it yet; null when the program stops first. The
   * event's id is the connection's, so a number is ours only where our own event stands: two listeners never share one,
   * and a connection has one, however often it is asked.
   */
  async connected({
    connection,
    at,
    amiVersion,
    clockOffsetMs,
    heardBefore,
  }: Connected): Promise<OpenedSession | null> {
    const { clock, server } = this.#options;
    const data: z.infer<typeof pbxConnectedSchema> = {
      at: toRfc3339(at ?? clock.now()),
      ami_version: amiVersion,
      clock_offset_ms: clockOffsetMs,
      ...(server === null ? {} : { server: server.name, server_id: server.id }),
      ...(heardBefore === null ? {} : { heard_before: heardBefore }),
    };
    const stored = await this.#append(connection, 'PbxConnected', data, null);
    return stored === null ? null : { session: Number(stored.revision), position: stored.position };
  }

  /** The session is in the log, and what is told of it next may be: then it stands behind the session's beginning. */
  goOn({ session }: OpenedSession): void {
    this.#end = BigInt(session);
  }

  async disconnected({ session, position }: OpenedSession, item: Disconnected): Promise<void> {
    const at = item.at ?? this.#options.clock.now();
    const data: z.infer<typeof pbxDisconnectedSchema> = {
      session,
      at: toRfc3339(at),
      last_heard_at: toRfc3339(item.lastHeardAt ?? at),
      reason: item.reason,
      pbx_went_down: item.pbxWentDown,
    };
    await this.#append(uuidv5(item.connection, END_NAMESPACE), 'PbxDisconnected', data, position);
  }

  async clockCompared({ session, position }: OpenedSession, item: HeardOf<'clock'>): Promise<void> {
    const at = toRfc3339(item.at);
    const data: z.infer<typeof clockComparedSchema> = { session, at, clock_offset_ms: item.clockOffsetMs };
    await this.#append(idWithin(item), 'ClockCompared', data, position);
  }

  async channelsListed({ session, position }: OpenedSession, item: HeardOf<'listed'>): Promise<void> {
    const data: z.infer<typeof channelsListedSchema> = { session, at: toRfc3339(item.at), channels: item.channels };
    await this.#append(idWithin(item), 'ChannelsListed', data, position);
  }

  async restarted({ session, position }: OpenedSession, item: HeardOf<'restarted'>): Promise<void> {
    const data: z.infer<typeof pbxRestartedSchema> = {
      session,
      at: toRfc3339(item.at),
      proof: item.proof,
      started_at: item.startedAt === null ? null : toRfc3339(item.startedAt),
    };
    await this.#append(idWithin(item), 'PbxRestarted', data, position);
  }

  /** Told once of each stretch: who tells it again after a kill does not know any more how much that was. */
  async gapHeard({ position }: OpenedSession, { connection, until, ...item }: GapHeard): Promise<void> {
    const at = toRfc3339(this.#options.clock.now());
    const data: z.infer<typeof gapHeardSchema> = { ...item, until: toRfc3339(until), at };
    await this.#append(uuidv5(`${connection}/gap heard`, WITHIN_NAMESPACE), 'GapHeard', data, position);
  }

  /** Null: the program stops, or may not write any more. `behind`: of the log, where the session begins. */
  async #append(id: string, type: string, data: JsonObject, behind: bigint | null) {
    const { pbx, app, clock, may } = this.#options;
    const stream = streamOf.pbx(pbx);
    const event = envelope({ id, type, data }, { at: clock.now(), app, correlationId: stream });
    const appended = await this.#appender.append(stream, [event], this.#end, { may, behind });
    if (appended.outcome === 'refused') {
      const code = appended.code === 'STREAM_DELETED' ? appended.code : 'INVALID_EVENT';
      throw new CommslogError(code, `the log refuses ${type} in ${stream}: ${appended.code}`);
    }
    if (appended.outcome === 'given_up') return null;
    this.#end = appended.revision;
    return appended;
  }
}

/** The same at every try of what was heard in a connection at a time. */
function idWithin({ connection, kind, at }: HeardOf<'clock' | 'listed' | 'restarted'>): string {
  return uuidv5(`${connection}/${kind}/${at}`, WITHIN_NAMESPACE);
}
