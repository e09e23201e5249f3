// With connection.ts and recordedEvent.ts all that knows the client @eventstore/db-client 6.2.1, so that another can take its place.
import type { Readable } from 'node:stream';
import {
  type AllStreamResolvedEvent,
  ANY,
  BACKWARDS,
  END,
  jsonEvent,
  START,
  type StreamingRead,
} from '@eventstore/db-client';
import { within } from '../../../deadline.ts';
import type { RecordedEvent } from '../../../domain/events.ts';
import { CommslogError } from '../../../errors.ts';
import type { OutgoingEvent } from '../../../log/outgoing.ts';
import type { AppendResult, ExpectedRevision, StreamFilter } from '../../../ports/eventStore.ts';
import { connect } from './connection.ts';
import { type Credentials, credentialsOf } from './connectionString.ts';
import { isDeletedStream, isMissingStream, toLogError } from './errors.ts';
import { createGate } from './gate.ts';
import { type Pulled, pull } from './pull.ts';
import { positionOf, toRecorded } from './recordedEvent.ts';

/** With the appends less than the 99 calls that a connection carries. */
const MAX_READS_IN_FLIGHT = 16;
const MAX_SUBSCRIPTIONS = 16;
/** The server sends a sign of life once in 32 times so many events that it has searched. */
const CHECKPOINT_INTERVAL = 100;
const BUFFER = { highWaterMark: 512 };
const CLOSE_MS = 2_000;
/** For an answer that comes just at the deadline. */
const DEADLINE_GRACE_MS = 1_000;

export type Timeouts = {
  readonly appendMs: number;
  readonly readMs: number;
  /** after so long a silence of a subscription it is looked whether the log is quiet or the subscription has stalled */
  readonly silenceMs: number;
};

/** So many events of a stream, from a revision on; undefined: from its end, or its beginning. */
export type StreamPage = {
  readonly from: bigint | undefined;
  readonly direction: 'forwards' | 'backwards';
  readonly limit: number;
};

export type Client = {
  append(stream: string, events: readonly OutgoingEvent[], expected: ExpectedRevision): Promise<AppendResult>;
  readStream(stream: string, page: StreamPage): Promise<readonly RecordedEvent[]>;
  /** Ends the stream for ever, also one that never was; one that has ended stays so. */
  tombstone(stream: string): Promise<void>;
  /** Position of the last event: of all, and of those that are ours. */
  ends(): Promise<{ readonly all: bigint; readonly ours: bigint }>;
  /** Events of ours behind `after`, as they come; ends when the server ends it. */
  subscribe(
    after: bigint,
    filter: StreamFilter | undefined,
    signal: AbortSignal,
    options: { readonly stallMs?: number },
  ): AsyncGenerator<Pulled<RecordedEvent>>;
  close(): Promise<void>;
};

/** Errors: `CONFIG_INVALID`. It has no cause, as the client's own message shows the connection string and its password. */
export function createClient(
  url: string,
  credentials: Credentials | undefined,
  timeouts: Timeouts,
  warn: (text: string) => void,
): Client {
  const client = connect(url, warn);
  // credentials with every call choose the classic append: the other one can hang for ever and end the process
  const call = { credentials: credentials ?? credentialsOf(url), requiresLeader: true };
  const reads = { ...call, deadline: timeouts.readMs };
  const reading = createGate(MAX_READS_IN_FLIGHT);
  let subscriptions = 0;

  /** Runs a read to its end; its deadline begins only when the client has found a node. */
  const read = async <E>(stream: StreamingRead<E>, until: (event: E) => boolean): Promise<readonly E[]> => {
    const all: E[] = [];
    const deadline = AbortSignal.timeout(timeouts.readMs + DEADLINE_GRACE_MS);
    try {
      for await (const { events } of pull<E>(stream, deadline)) {
        all.push(...events);
        if (events.some(until)) break;
      }
    } finally {
      letGo(stream, () => stream.cancel());
    }
    if (!deadline.aborted) return all;
    throw new CommslogError('LOG_UNAVAILABLE', `EventStoreDB did not answer within ${timeouts.readMs} ms`);
  };
  const readAllBackwards = (maxCount: number) =>
    client.readAll({ ...reads, direction: BACKWARDS, fromPosition: END, maxCount }, BUFFER);

  return {
    async append(stream, events, expected) {
      const proposed = events.map(({ id, type, content, metadata }) =>
        jsonEvent({ id, type, data: content, metadata: new TextEncoder().encode(metadata) }),
      );
      try {
        const appended = client.appendToStream(stream, proposed, {
          ...call,
          expectedRevision: expected,
          deadline: timeouts.appendMs,
        });
        const { nextExpectedRevision, position } = await within(timeouts.appendMs + DEADLINE_GRACE_MS, appended, () => {
          throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'EventStoreDB did not answer an append in time');
        });
        return { revision: nextExpectedRevision, position: position?.commit ?? 0n };
      } catch (error) {
        throw toLogError(error, 'LOG_OUTCOME_UNKNOWN');
      }
    },

    readStream: (stream, { from, direction, limit }) =>
      reading(async () => {
        try {
          const fromRevision = from ?? (direction === 'backwards' ? END : START);
          const page = client.readStream(stream, { ...reads, direction, fromRevision, maxCount: limit }, BUFFER);
          const events = await read(page, () => false);
          return events.map(toRecorded).filter((event) => event !== undefined);
        } catch (error) {
          if (isMissingStream(error)) return [];
          throw toLogError(error, 'LOG_UNAVAILABLE');
        }
      }),

    async tombstone(stream) {
      try {
        const deadline = timeouts.appendMs;
        const ended = client.tombstoneStream(stream, { ...call, expectedRevision: ANY, deadline });
        await within(deadline + DEADLINE_GRACE_MS, ended, () => {
          throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'EventStoreDB did not say in time whether a stream has ended');
        });
      } catch (error) {
        if (!isDeletedStream(error)) throw toLogError(error, 'LOG_OUTCOME_UNKNOWN');
      }
    },

    ends: () =>
      reading(async () => {
        const isOurs = (event: AllStreamResolvedEvent) => toRecorded(event) !== undefined;
        try {
          const [last] = await read(readAllBackwards(1), () => true);
          if (last === undefined) return { all: 0n, ours: 0n };
          const all = positionOf(last);
          if (isOurs(last)) return { all, ours: all };
          const ours = (await read(readAllBackwards(Number.MAX_SAFE_INTEGER), isOurs)).find(isOurs);
          return { all, ours: ours === undefined ? 0n : positionOf(ours) };
        } catch (error) {
          throw toLogError(error, 'LOG_UNAVAILABLE');
        }
      }),

    async *subscribe(after, filter, signal, { stallMs }) {
      if (subscriptions >= MAX_SUBSCRIPTIONS)
        throw new CommslogError('LOG_UNAVAILABLE', `more than ${MAX_SUBSCRIPTIONS} subscriptions at once`);
      subscriptions += 1;
      const live = client.subscribeToAll(
        {
          ...call,
          fromPosition: after === 0n ? START : { commit: after, prepare: after },
          filter: {
            filterOn: 'streamName',
            ...(filter ? { prefixes: [...filter.streamPrefixes] } : { regex: '^[^$]' }),
            checkpointInterval: CHECKPOINT_INTERVAL,
            checkpointReached: () => expectSign(stallMs),
          },
        },
        BUFFER,
      );
      let silence: NodeJS.Timeout | undefined;
      /** The next sign of life has to come within that time; without one, whenever it comes. */
      const expectSign = (ms: number | undefined) => {
        clearTimeout(silence);
        if (ms === undefined) return;
        const failure = new CommslogError('LOG_UNAVAILABLE', `EventStoreDB was silent for ${ms} ms`);
        silence = setTimeout(() => live.emit('error', failure), ms);
      };
      live.on('confirmation', () => expectSign(stallMs));
      expectSign(timeouts.readMs);
      try {
        for await (const { events, caughtUp } of pull<AllStreamResolvedEvent>(live, signal)) {
          const ours = events.map(toRecorded).filter((event) => event !== undefined);
          // a consumer that takes its time is no silence of the server
          expectSign(undefined);
          if (ours.length > 0 || caughtUp) yield { events: ours, caughtUp };
          expectSign(stallMs);
        }
      } catch (error) {
        throw toLogError(error, 'LOG_UNAVAILABLE');
      } finally {
        expectSign(undefined);
        subscriptions -= 1;
        letGo(live, () => live.unsubscribe());
      }
    },

    close: () => within(CLOSE_MS, client.dispose(), () => {}),
  };
}

/**
 * Cancels a call. Its rest has to flow away: a call with unread data never ends, and the client waits for it on closing.
 * Nobody waits for it: a call that has not begun is cancelled only when the client has found a node of the cluster.
 */
function letGo(stream: Readable, cancel: () => Promise<void>): void {
  stream.resume();
  cancel().catch(() => {});
}
