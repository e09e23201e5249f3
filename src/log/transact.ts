import type { NewEvent } from '../domain/events.ts';
import { CommslogError, hasCode } from '../errors.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { createBackoff, pause } from '../retry.ts';
import type { StreamEnd } from './streamEnds.ts';

/** How often it is decided anew because somebody else was quicker. */
const MAX_TRIES = 20;
const MIN_PAUSE_MS = 5;
const MAX_PAUSE_MS = 200;

/** What was decided: events for the end of a stream, as it was when the decision was taken; none: all is so already. */
export type ToAppend = { readonly to: StreamEnd; readonly events: readonly NewEvent[] };

/**
 * Loads, decides and appends with the revision that was loaded; when somebody else was quicker, all three anew. What was
 * decided, with the revision and position at which its stream then ends (-1 and 0: it has no events).
 * Errors: those of `load` and `decide`, those of the log; `CONFLICT` when others were quicker `MAX_TRIES` times.
 * `LOG_OUTCOME_UNKNOWN` is not tried again here: whoever asked is told, and asks again with the same key.
 */
export async function transact<S, D extends ToAppend>(
  log: Pick<EventStore, 'append'>,
  load: () => Promise<S>,
  decide: (state: S) => D,
): Promise<D & { readonly revision: bigint; readonly position: bigint }> {
  const waits = createBackoff({ minMs: MIN_PAUSE_MS, maxMs: MAX_PAUSE_MS });
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const decided = decide(await load());
    const { stream, last } = decided.to;
    if (decided.events.length === 0) {
      return { ...decided, revision: last?.revision ?? -1n, position: last?.position ?? 0n };
    }
    try {
      return { ...decided, ...(await log.append(stream, decided.events, last?.revision ?? 'no_stream')) };
    } catch (error) {
      if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
      // in step with each other they would be in each other's way again
      await pause(waits.next());
    }
  }
  throw new CommslogError('CONFLICT', 'Others keep changing it at the same moment; try again.');
}
