import { abortingWith } from '../../aborting.ts';
import type { RecordedEvent } from '../../domain/events.ts';
import { type Incoming, incomingOf } from '../tables/batch.ts';

/** What is folded at once when the projector is behind: one transaction. */
const MAX_BATCH = 2_000;
/** What is read while a batch is being folded, in batches. */
const BATCHES_AHEAD = 1;

type Batches = (signal: AbortSignal) => AsyncIterable<readonly RecordedEvent[]>;

export type ReadingAhead = {
  /** events of a batch; the last one may have fewer. Default: 1 */
  readonly least?: number;
  readonly most?: number;
  /** is done once before each batch, and again until there is one, after so many milliseconds; null: there is nothing to do */
  readonly meanwhile?: () => Promise<number | null>;
};

/**
 * The events of `batches`, read ahead and made ready while the consumer waits for the database; each batch is all that has
 * been read by then, within its size. Rejects also with what `meanwhile` rejects with.
 */
export async function* readAhead(
  batches: Batches,
  signal: AbortSignal,
  { least = 1, most = MAX_BATCH, meanwhile = async () => null }: ReadingAhead = {},
): AsyncIterable<readonly Incoming[]> {
  const stop = abortingWith(signal);
  const read: Incoming[] = [];
  let ended = false;
  let failure: unknown;
  const waiting = new Set<() => void>();
  /** `mostMs`: so long is waited for it; null: as long as it takes */
  const moved = (mostMs: number | null = null) =>
    new Promise<void>((resolve) => {
      const timer = mostMs === null ? undefined : setTimeout(over, mostMs);
      function over() {
        clearTimeout(timer);
        waiting.delete(over);
        resolve();
      }
      waiting.add(over);
    });
  const tell = () => {
    for (const over of waiting) over();
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
      let again = await meanwhile();
      while (read.length < least && !ended) {
        if (again !== 0) await moved(again);
        if (read.length < least && !ended && again !== null) again = await meanwhile();
      }
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
