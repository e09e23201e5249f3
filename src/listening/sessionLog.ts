import { v5 as uuidv5 } from 'uuid';
import type { z } from 'zod';
import {
  type channelsListedSchema,
  type clockComparedSchema,
  pbxConnectedSchema,
  type pbxDisconnectedSchema,
  type pbxRestartedSchema,
} from '../domain/connectionEvents.ts';
import { envelope } from '../domain/envelope.ts';
import { type JsonObject, streamOf } from '../domain/events.ts';
import { type Micros, toRfc3339 } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, ExpectedRevision } from '../ports/eventStore.ts';
import type { Heard } from './heard.ts';
import type { LogAppender } from './logAppender.ts';

type Options = {
  readonly pbx: string;
  readonly app: string;
  readonly clock: Clock;
  readonly log: Pick<EventStore, 'readStream'>;
};
type HeardOf<Kind extends Heard['kind']> = Extract<Heard, { kind: Kind }>;
type Connected = Omit<HeardOf<'connected'>, 'kind'>;

/** Namespaces of ids that a second try of the same has again. Of `PbxDisconnected` there is one a connection. */
const END_NAMESPACE = '6f1c9a0e-5d0b-4b8e-9a55-2b6f0c7d1e93';
const WITHIN_NAMESPACE = 'a4a0f2f5-6d0c-4a7b-8c53-1f0e7d92b6c8';

/** A session of another process, and where the log tells of its beginning. */
export type SessionElsewhere = { readonly session: number; readonly position: bigint };

/** What another process may have written: all behind `after` that is not ours. */
export type Doubt = { readonly after: ExpectedRevision; readonly ours: Set<bigint> };

/** The stream of a connection: every session begins with `PbxConnected`, whose revision is the session's number. */
export class SessionLog {
  readonly #appender: LogAppender;
  readonly #options: Options;
  readonly #startedAt: Micros;
  #end: ExpectedRevision = 'no_stream';
  #doubt: Doubt | null = null;

  constructor(appender: LogAppender, options: Options) {
    this.#appender = appender;
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  /**
   * The number of a connection's session, which is opened if the log does not have it yet; null when the program stops
   * first. The event's id is the connection's, so a number is ours only where our own event stands: two listeners never
   * share one, and a connection has one, however often it is asked.
   */
  async connected({ connection, at, amiVersion, clockOffsetMs }: Connected): Promise<number | null> {
    const revision = await this.#append(connection, 'PbxConnected', {
      at: toRfc3339(at ?? this.#options.clock.now()),
      ami_version: amiVersion,
      clock_offset_ms: clockOffsetMs,
    } satisfies z.infer<typeof pbxConnectedSchema>);
    return revision === null ? null : Number(revision);
  }

  async disconnected(session: number, item: HeardOf<'disconnected'>): Promise<void> {
    const at = item.at ?? this.#options.clock.now();
    await this.#append(uuidv5(item.connection, END_NAMESPACE), 'PbxDisconnected', {
      session,
      at: toRfc3339(at),
      last_heard_at: toRfc3339(item.lastHeardAt ?? at),
      reason: item.reason,
      pbx_went_down: item.pbxWentDown,
    } satisfies z.infer<typeof pbxDisconnectedSchema>);
  }

  async clockCompared(session: number, item: HeardOf<'clock'>): Promise<void> {
    await this.#append(idWithin(item), 'ClockCompared', {
      session,
      at: toRfc3339(item.at),
      clock_offset_ms: item.clockOffsetMs,
    } satisfies z.infer<typeof clockComparedSchema>);
  }

  async channelsListed(session: number, item: HeardOf<'listed'>): Promise<void> {
    await this.#append(idWithin(item), 'ChannelsListed', {
      session,
      at: toRfc3339(item.at),
      channels: item.channels,
    } satisfies z.infer<typeof channelsListedSchema>);
  }

  async restarted(session: number, item: HeardOf<'restarted'>): Promise<void> {
    await this.#append(idWithin(item), 'PbxRestarted', {
      session,
      at: toRfc3339(item.at),
      proof: item.proof,
      started_at: item.startedAt === null ? null : toRfc3339(item.startedAt),
    } satisfies z.infer<typeof pbxRestartedSchema>);
  }

  /** From now on another process may open sessions too. */
  startDoubt(): void {
    this.#doubt = { after: this.#end, ours: new Set(), ...this.#doubt };
  }

  doubt(): Doubt | null {
    return this.#doubt;
  }

  /** Unless it has begun anew meanwhile. */
  endDoubt(doubt: Doubt): void {
    if (this.#doubt === doubt) this.#doubt = null;
  }

  /** The sessions that another process has opened since. Errors: those of the log. */
  async sessionsElsewhere({ after, ours }: Doubt): Promise<readonly SessionElsewhere[]> {
    const found: SessionElsewhere[] = [];
    const from = after === 'no_stream' ? 0n : after + 1n;
    for await (const batch of this.#options.log.readStream(streamOf.pbx(this.#options.pbx), { from })) {
      for (const { type, revision, position, data } of batch) {
        if (type !== 'PbxConnected' || ours.has(revision)) continue;
        // where the stream ended before is not known: what is older than this process is nobody's of now
        if (after === 'no_stream' && pbxConnectedSchema.parse(data).at < toRfc3339(this.#startedAt)) continue;
        found.push({ session: Number(revision), position });
      }
    }
    return found;
  }

  async #append(id: string, type: string, data: JsonObject): Promise<bigint | null> {
    const { pbx, app, clock } = this.#options;
    const stream = streamOf.pbx(pbx);
    const event = envelope({ id, type, data }, { at: clock.now(), app, correlationId: stream });
    const appended = await this.#appender.append(stream, [event], this.#end);
    if (appended.outcome === 'refused') {
      const code = appended.code === 'STREAM_DELETED' ? appended.code : 'INVALID_EVENT';
      throw new CommslogError(code, `the log refuses ${type} in ${stream}: ${appended.code}`);
    }
    if (appended.outcome === 'given_up' || appended.revision === null) return null;
    this.#end = appended.revision;
    this.#doubt?.ours.add(appended.revision);
    return appended.revision;
  }
}

/** The same at every try of what was heard in a connection at a time. */
function idWithin({ connection, kind, at }: HeardOf<'clock' | 'listed' | 'restarted'>): string {
  return uuidv5(`${connection}/${kind}/${at}`, WITHIN_NAMESPACE);
}
