import { randomUUID } from 'node:crypto';
import type { JsonObject, NewEvent, RecordedEvent } from '../../../src/domain/events.ts';
import type { EventStore, StreamFilter } from '../../../src/ports/eventStore.ts';

const WAIT_MS = 20_000;

export function event(data: JsonObject = {}, type = 'SomethingHappened'): NewEvent {
  return { id: randomUUID(), type, data, metadata: { v: 1 } };
}

export function eventsOf(count: number): readonly NewEvent[] {
  return Array.from({ length: count }, (_, n) => event({ n }));
}

/** A name that no other test uses: tests share a log. */
export function newStream(prefix = 'call'): string {
  return `${prefix}-${randomUUID()}`;
}

export async function collect(batches: AsyncIterable<readonly RecordedEvent[]>): Promise<readonly RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

export const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);

/** Follows the log from `after` on in the background. */
export function follow(log: EventStore, after: bigint, filter?: StreamFilter) {
  const stop = new AbortController();
  const seen: RecordedEvent[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  const running = (async () => {
    for await (const batch of log.subscribe(after, filter, stop.signal)) {
      seen.push(...batch);
      wake();
    }
  })();
  const ended = running.then(
    () => undefined,
    (error: unknown) => error,
  );
  void ended.then(wake);

  return {
    seen,
    /** Resolves as soon as `count` events were seen; rejects when the subscription ends or the deadline passes. */
    async until(count: number): Promise<readonly RecordedEvent[]> {
      let over = false;
      void ended.then(() => {
        over = true;
      });
      const deadline = Date.now() + WAIT_MS;
      while (seen.length < count) {
        if (over) throw new Error('the subscription has ended', { cause: await ended });
        if (Date.now() > deadline) throw new Error(`saw ${seen.length} of ${count} events`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(look, deadline + 1 - Date.now());
          function look() {
            clearTimeout(timer);
            waiting.delete(look);
            resolve();
          }
          waiting.add(look);
        });
      }
      return seen;
    },
    /** The error that it ended with, undefined when it ended without one. */
    ended,
    async stop(): Promise<unknown> {
      stop.abort();
      return ended;
    },
  };
}

/** The code of the error that `work` rejects with. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'no error';
}

/** Tries again while it fails with an error that may pass. */
export async function insist<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (!(code === 'LOG_UNAVAILABLE' || code === 'LOG_OUTCOME_UNKNOWN') || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
