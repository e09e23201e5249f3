import { v4 as uuid } from 'uuid';
import { logCreatedSchema, streamOf } from '../../domain/events.ts';
import { toRfc3339 } from '../../domain/time.ts';
import { CommslogError, hasCode } from '../../errors.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { VERSION } from '../../version.ts';

/** Reads the log's own id, after giving the log one if it has none. Of several that open it at once one decides. */
export async function ensureLogId(store: Pick<EventStore, 'append' | 'readStream'>): Promise<string> {
  const known = await readLogId(store);
  if (known !== undefined) return known;
  const event = {
    id: uuid(),
    type: 'LogCreated',
    data: { log_id: uuid() },
    metadata: { v: 1, recorded_at: toRfc3339(systemClock.now()), app: VERSION, $correlationId: uuid() },
  };
  try {
    await store.append(streamOf.log, [event], 'no_stream');
  } catch (error) {
    if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
  }
  const written = await readLogId(store);
  if (written === undefined) throw new CommslogError('LOG_UNAVAILABLE', 'the log does not give back its own id');
  return written;
}

/** The log's own id, undefined when it has none. */
export async function readLogId(store: Pick<EventStore, 'readStream'>): Promise<string | undefined> {
  for await (const events of store.readStream(streamOf.log, { limit: 1 })) {
    for (const event of events) return logCreatedSchema.parse(event.data).log_id;
  }
  return undefined;
}
