import type { EventStore } from '../ports/eventStore.ts';

type Reading = Pick<EventStore, 'readStream'>;

/** The log for somebody who may leave: once `signal` aborts, the next read of a stream, or of more of it, throws. */
export function readingUntil(log: Reading, signal: AbortSignal | undefined): Reading {
  return {
    async *readStream(stream, options) {
      signal?.throwIfAborted();
      for await (const batch of log.readStream(stream, options)) {
        yield batch;
        signal?.throwIfAborted();
      }
    },
  };
}
