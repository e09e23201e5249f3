import { isDeepStrictEqual } from 'node:util';
import { v4 as uuid } from 'uuid';
import { envelope } from '../../domain/envelope.ts';
import type { Author, JsonObject } from '../../domain/events.ts';
import { hasCode } from '../../errors.ts';
import { endOf } from '../../log/streamEnds.ts';
import { transact } from '../../log/transact.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { createBackoff, pause } from '../../retry.ts';
import { VERSION } from '../../version.ts';

const RETRIES = { minMs: 50, maxMs: 500 };
/** How often is asked for the same when nobody knows whether it was stored. */
const MAX_TRIES = 5;

/**
 * Tells the log something about itself; what stands there last is not said twice. `by` null: the program itself.
 * Errors: those of an append.
 */
export async function tellLog(
  log: EventStore,
  { stream, type, data }: { readonly stream: string; readonly type: string; readonly data: JsonObject },
  { clock, by }: { readonly clock: Clock; readonly by: Author | null },
): Promise<void> {
  const event = envelope(
    { id: uuid(), type, data },
    { at: clock.now(), app: VERSION, correlationId: by?.requestId ?? uuid() },
    by === null ? {} : { actor: by.actor, request_id: by.requestId },
  );
  const waits = createBackoff(RETRIES);
  for (let tries = 1; ; tries += 1) {
    try {
      await transact(
        log,
        () => endOf(log, stream),
        (to) => {
          const isSaid = to.last?.type === type && isDeepStrictEqual(to.last.data, data);
          return { to, events: isSaid ? [] : [event] };
        },
      );
      return;
    } catch (error) {
      if (!hasCode(error, 'LOG_OUTCOME_UNKNOWN') || tries === MAX_TRIES) throw error;
      await pause(waits.next());
    }
  }
}
