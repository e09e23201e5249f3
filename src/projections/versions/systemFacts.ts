import { isDeepStrictEqual } from 'node:util';
import { v4 as uuid } from 'uuid';
import { envelope } from '../../domain/envelope.ts';
import { type JsonObject, readModelActivatedSchema, streamOf } from '../../domain/events.ts';
import { CommslogError, hasCode } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { AskedBy } from '../../ports/rebuilds.ts';
import { VERSION } from '../../version.ts';

/** How often an append is tried anew because somebody else was quicker. */
const MAX_TRIES = 5;

/** Tells the log something about itself; what stands there last is not said twice. `by` null: the program itself. */
export async function tellLog(
  log: EventStore,
  { stream, type, data }: { readonly stream: string; readonly type: string; readonly data: JsonObject },
  { clock, by }: { readonly clock: Clock; readonly by: AskedBy | null },
): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const last = await lastEvent(log, stream);
    if (last?.type === type && isDeepStrictEqual(last.data, data)) return;
    const event = envelope(
      { id: uuid(), type, data },
      { at: clock.now(), app: VERSION, correlationId: by?.requestId ?? uuid() },
      by === null ? {} : { actor: by.actor, request_id: by.requestId },
    );
    try {
      await log.append(stream, [event], last?.revision ?? 'no_stream');
      return;
    } catch (error) {
      if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
    }
  }
  throw new CommslogError('LOG_UNAVAILABLE', `too much is said in ${stream} at once; try again`);
}

/** The version that the log was told last to be served; null before the first. */
export async function lastActivated(log: EventStore): Promise<{ version: number; derivation: string } | null> {
  const last = await lastEvent(log, streamOf.readModel);
  return last ? readModelActivatedSchema.parse(last.data) : null;
}

async function lastEvent(log: EventStore, stream: string) {
  for await (const [event] of log.readStream(stream, { direction: 'backwards', limit: 1 })) return event;
  return undefined;
}
