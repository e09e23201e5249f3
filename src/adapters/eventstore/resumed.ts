import type { Logger } from 'pino';
import type { RecordedEvent } from '../../domain/events.ts';
import { hasCode } from '../../errors.ts';
import { createBackoff, pause } from '../../retry.ts';

const RETRIES = { minMs: 50, maxMs: 5_000 };

/** Events of the log, and the position up to which there are no others. */
export type Stretch = { readonly events: readonly RecordedEvent[]; readonly end: bigint };

type Options = {
  /** exclusive */
  readonly after: bigint;
  /** the log behind a position; it may end, or fail with `LOG_UNAVAILABLE`, at any time */
  readonly read: (after: bigint) => AsyncIterable<Stretch>;
  readonly signal: AbortSignal;
  readonly logger: Logger | undefined;
};

/**
 * Reads for ever: when `read` ends or loses the log it goes on behind what was taken last, at once the first time, then with
 * longer and longer waits while nothing comes. Ends when `signal` aborts; any other error is thrown.
 */
export async function* resumed({ after, read, signal, logger }: Options): AsyncGenerator<readonly RecordedEvent[]> {
  const waits = createBackoff(RETRIES);
  let position = after;
  for (let fruitless = 0; !signal.aborted; fruitless += 1) {
    if (fruitless > 1) await pause(waits.next(), signal);
    try {
      for await (const { events, end } of read(position)) {
        fruitless = 0;
        waits.reset();
        if (events.length > 0) yield events;
        position = end;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!hasCode(error, 'LOG_UNAVAILABLE')) throw error;
      if (fruitless === 0) logger?.warn({ err: error }, 'the log cannot be read any more, going on when it is back');
    }
  }
}
