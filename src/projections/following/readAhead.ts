import { abortingWith } from '../../aborting.ts';
import type { RecordedEvent } from '../../domain/events.ts';
import { type Incoming, incomingOf } from '../tables/batch.ts';

/** What is folded at once when the projector is behind: one transaction. */
const MAX_BATCH = 2_000;
/** What is read while a batch is being folded, in batches. */
const BATCHES_AHEAD = 1;

type Batches = (signal: AbortSignal) => AsyncIterable<readonly RecordedEvent[]>;

/** How many events a batch has; the last one may have fewer than the least. */
export type BatchSize = { readonly least: number; readonly most: number };

/**
 * The events of `batches`, read ahead and made ready while the consumer waits for the database; each batch is all that has
 * been read by then, within its size.
 */
export async function* readAhead(
  batches: Batches,
  signal: AbortSignal,
  { least, most }: BatchSize = { least: 1, most: MAX_BATCH },
): AsyncIterable<readonly Incoming[]> {
  const stop = abortingWith(signal);
  const read: Incoming[] = [];
  let ended = false;
  let failure: unknown;
  const waiting = new Set<() => void>();
  const moved = () => new Promise<void>((resolve) => waiting.add(resolve));
  const tell = () => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };

  const pump = async () => {
    try {
      for await (const batch of batches(stop.signal)) {
        for (const event of batch) read.push(incomingOf(event));
        tell();
        while (read.length >= BATCHES_AHEAD * most && !stop.signal.aborted) await moved();
      }
    } catch (error) {
      failure = error;
    } finally {
      ended = true;
      tell();
    }
  };

  const pumping = pump();
  try {
    for (;;) {
      while (read.length < least && !ended) await moved();
      const batch = read.splice(0, most);
      if (batch.length === 0 || signal.aborted) break;
      tell();
      yield batch;
    }
    if (failure !== undefined) throw failure;
  } finally {
    stop.abort();
    tell();
    await pumping;
  }
}
