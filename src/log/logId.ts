import { v4 as uuid } from 'uuid';
import type { z } from 'zod';
import { envelope } from '../domain/envelope.ts';
import { logCreatedSchema, streamOf } from '../domain/events.ts';
import { CommslogError, hasCode } from '../errors.ts';
import { systemClock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { VERSION } from '../version.ts';
import { firstEvent } from './streamEnds.ts';

/**
 * Reads the log's own id, after giving the log one if it has none; `copiedFrom` is then the id of the log of which it
 * becomes a copy. Of several that open it at once one decides.
 */
export async function ensureLogId(
  store: Pick<EventStore, 'append' | 'readStream'>,
  copiedFrom?: string,
): Promise<string> {
  const known = await readLogId(store);
  if (known !== undefined) return known;
  const data = { log_id: uuid(), ...(copiedFrom === undefined ? {} : { copied_from: copiedFrom }) };
  const event = envelope(
    { id: uuid(), type: 'LogCreated', data },
    { at: systemClock.now(), app: VERSION, correlationId: uuid() },
  );
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
  return (await readLogCreated(store))?.log_id;
}

/** What the log says of its beginning, undefined when it has none. */
export async function readLogCreated(
  store: Pick<EventStore, 'readStream'>,
): Promise<z.infer<typeof logCreatedSchema> | undefined> {
  const first = await firstEvent(store, streamOf.log);
  return first && logCreatedSchema.parse(first.data);
}
