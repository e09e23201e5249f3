import { v4 as uuid } from 'uuid';
import type { z } from 'zod';
import { envelope } from '../domain/envelope.ts';
import { logCreatedSchema, streamOf } from '../domain/events.ts';
import { recordedAt } from '../domain/recorded.ts';
import { toRfc3339 } from '../domain/time.ts';
import { CommslogError, hasCode } from '../errors.ts';
import { systemClock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { VERSION } from '../version.ts';
import { firstEvent } from './streamEnds.ts';

const LONG_AGO = '1970-01-01T00:00:00.000000Z';

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

/** When the log began (RFC 3339); a copy holds what was before it, and when that began nobody says. */
export async function beganAt(store: Pick<EventStore, 'readStream'>): Promise<string> {
  const first = await firstEvent(store, streamOf.log);
  const isCopy = first !== undefined && logCreatedSchema.parse(first.data).copied_from !== undefined;
  return first === undefined || isCopy ? LONG_AGO : toRfc3339(recordedAt(first));
}

/** What the log says of its beginning, undefined when it has none. */
export async function readLogCreated(
  store: Pick<EventStore, 'readStream'>,
): Promise<z.infer<typeof logCreatedSchema> | undefined> {
  const first = await firstEvent(store, streamOf.log);
  return first && logCreatedSchema.parse(first.data);
}
