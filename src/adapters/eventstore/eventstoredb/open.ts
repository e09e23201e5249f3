import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { abortingWith } from '../../../aborting.ts';
import { CommslogError, hasCode } from '../../../errors.ts';
import { ensureLogId, readLogId } from '../../../log/logId.ts';
import { toOutgoing } from '../../../log/outgoing.ts';
import type { EventStore, StreamFilter } from '../../../ports/eventStore.ts';
import { resumed, type Stretch } from '../resumed.ts';
import { createAppendQueue } from './appendQueue.ts';
import { createAppendUntilKnown } from './appendUntilKnown.ts';
import { createClient, type Timeouts } from './client.ts';
import type { Credentials } from './connectionString.ts';
import { type Behind, watchForStall } from './stallWatch.ts';

const DEFAULT_TIMEOUTS: Timeouts = { appendMs: 10_000, readMs: 10_000, silenceMs: 5_000 };
const PAGE_EVENTS = 500;

export type EventStoreDbOptions = {
  /** `esdb://user:password@host:2113`, or `esdb://host:2113?tls=false` */
  readonly url: string;
  readonly logger?: Logger;
  /** if the log is new: the id of the log of which it becomes a copy */
  readonly copiedFrom?: string;
  /** default: those of the url */
  readonly credentials?: Credentials;
  readonly timeouts?: Partial<Timeouts>;
};

/**
 * The log in EventStoreDB 23.10 or later. Opens also while the server is away: calls then fail with `LOG_UNAVAILABLE`
 * until it is back. What the guards are for was measured on 23.10 and 24.2 with client 6.2.1.
 * Errors: `CONFIG_INVALID`, `LOG_ACCESS_DENIED`.
 */
export async function openEventStoreDb(options: EventStoreDbOptions): Promise<EventStore> {
  const { url, logger, credentials } = options;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const ownLogger = logger?.child({ store: 'eventstoredb' });
  const client = createClient(url, credentials, timeouts, (text) => ownLogger?.warn(text));
  const closing = new AbortController();
  // every append that waits for its next attempt listens
  setMaxListeners(Number.POSITIVE_INFINITY, closing.signal);

  const readStream: EventStore['readStream'] = async function* (
    stream,
    { from, direction = 'forwards', limit = Number.POSITIVE_INFINITY } = {},
  ) {
    for (let next = from, read = 0; read < limit; ) {
      const size = Math.min(PAGE_EVENTS, limit - read);
      const events = await client.readStream(stream, { from: next, direction, limit: size });
      const last = events.at(-1);
      if (last === undefined) return;
      yield events;
      read += events.length;
      if (direction === 'backwards' && last.revision === 0n) return;
      next = direction === 'backwards' ? last.revision - 1n : last.revision + 1n;
    }
  };
  const append = createAppendQueue(
    createAppendUntilKnown({ send: client.append, readStream, signal: closing.signal, logger: ownLogger }),
  );

  const refuseBeyondEnd = async (after: bigint) => {
    const { all } = await client.ends();
    if (after > all)
      throw new CommslogError('LOG_TOO_SHORT', `position ${after} is asked for, but the log ends at ${all}`);
    return all;
  };

  /** A server that was away may come back with a restored backup, or as another one. */
  const refuseAnotherLog = async (after: bigint) => {
    await refuseBeyondEnd(after);
    const opened = await store.logId();
    if ((await readLogId(store)) !== opened)
      throw new CommslogError('LOG_IS_ANOTHER', 'EventStoreDB came back with another log than the one that was opened');
  };

  const lookBehind = async (position: bigint, filter: StreamFilter | undefined, stop: AbortSignal): Promise<Behind> => {
    const { all: end } = await client.ends();
    if (end > position)
      for await (const [event] of store.readAll(position, filter, stop)) return { first: event?.position, end };
    return { first: undefined, end };
  };

  /** The log behind a position until the server ends the subscription, which it does as a matter of course, or it stalls. */
  async function* live(after: bigint, filter: StreamFilter | undefined, signal: AbortSignal): AsyncGenerator<Stretch> {
    const stall = watchForStall(after, {
      everyMs: timeouts.silenceMs,
      lookBehind: (position, stop) => lookBehind(position, filter, stop),
      signal,
    });
    try {
      let end = after;
      for await (const { events } of client.subscribe(after, filter, stall.signal, {})) {
        end = events.at(-1)?.position ?? end;
        stall.came(end);
        yield { events, end };
        stall.waits();
      }
      if (stall.hasStalled()) ownLogger?.warn('a subscription has stalled, asking for it again');
    } finally {
      stall.stop();
    }
  }

  const createTail = (filter: StreamFilter | undefined, signal: AbortSignal) => {
    let isKnown = false;
    return async function* (after: bigint): AsyncGenerator<Stretch> {
      try {
        if (!isKnown) await refuseAnotherLog(after);
        isKnown = true;
        yield* live(after, filter, signal);
      } catch (error) {
        isKnown = false;
        throw error;
      }
    };
  };

  const store: EventStore = {
    async append(stream, events, expected) {
      const outgoing = toOutgoing(stream, events);
      if (outgoing.length > 0) return append(stream, outgoing, expected);
      // an empty append would be answered as if it had been stored
      const [last] = await client.readStream(stream, { from: undefined, direction: 'backwards', limit: 1 });
      if ((last?.revision ?? 'no_stream') === expected)
        return { revision: last?.revision ?? -1n, position: last?.position ?? 0n };
      throw new CommslogError('WRONG_EXPECTED_REVISION', `stream ${stream} is not at ${expected}`);
    },

    readStream,

    async *readAll(after, filter, signal) {
      const end = await refuseBeyondEnd(after);
      const stop = abortingWith(closing.signal, ...(signal ? [signal] : []));
      const stall = { stallMs: timeouts.readMs };
      try {
        for (let position = after; position < end && !stop.signal.aborted; ) {
          const before = position;
          try {
            for await (const { events, caughtUp } of client.subscribe(position, filter, stop.signal, stall)) {
              if (events.length > 0) yield events;
              position = events.at(-1)?.position ?? position;
              if (caughtUp || position >= end) return;
            }
          } catch (error) {
            // a drop, as it is usual; not so if nothing came before it
            if (position === before || !hasCode(error, 'LOG_UNAVAILABLE')) throw error;
          }
        }
      } finally {
        stop.abort();
      }
    },

    async *subscribe(after, filter, signal) {
      const over = abortingWith(signal, closing.signal);
      try {
        const read = createTail(filter, over.signal);
        yield* resumed({ after, read, signal: over.signal, logger: ownLogger });
      } finally {
        over.abort();
      }
    },

    async erase(streams) {
      for (const stream of new Set(streams)) await client.tombstone(stream);
    },

    eraseEvents: null,

    head: async () => (await client.ends()).ours,

    async logId() {
      logId ??= ensureLogId(store, options.copiedFrom);
      try {
        return await logId;
      } catch (error) {
        logId = undefined;
        throw error;
      }
    },

    async close() {
      closing.abort();
      await client.close();
    },
  };

  let logId: Promise<string> | undefined;
  try {
    await store.logId();
  } catch (error) {
    if (!hasCode(error, 'LOG_UNAVAILABLE', 'LOG_OUTCOME_UNKNOWN')) {
      await store.close();
      throw error;
    }
    ownLogger?.warn({ err: error }, 'EventStoreDB is away, starting without it');
  }
  return store;
}
