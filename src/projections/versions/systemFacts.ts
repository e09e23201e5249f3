import { isDeepStrictEqual } from 'node:util';
import { v4 as uuid } from 'uuid';
import { envelope } from '../../domain/envelope.ts';
import { type JsonObject, readModelActivatedSchema, streamOf } from '../../domain/events.ts';
import { endOf, lastEvent } from '../../log/streamEnds.ts';
import { transact } from '../../log/transact.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { AskedBy } from '../../ports/rebuilds.ts';
import { VERSION } from '../../version.ts';

/** Tells the log something about itself; what stands there last is not said twice. `by` null: the program itself. */
export async function tellLog(
  log: EventStore,
  { stream, type, data }: { readonly stream: string; readonly type: string; readonly data: JsonObject },
  { clock, by }: { readonly clock: Clock; readonly by: AskedBy | null },
): Promise<void> {
  const event = envelope(
    { id: uuid(), type, data },
    { at: clock.now(), app: VERSION, correlationId: by?.requestId ?? uuid() },
    by === null ? {} : { actor: by.actor, request_id: by.requestId },
  );
  await transact(
    log,
    () => endOf(log, stream),
    (to) => {
      const isSaid = to.last?.type === type && isDeepStrictEqual(to.last.data, data);
      return { to, events: isSaid ? [] : [event] };
    },
  );
}

/** The version that the log was told last to be served; null before the first. */
export async function lastActivated(log: EventStore): Promise<{ version: number; derivation: string } | null> {
  const last = await lastEvent(log, streamOf.readModel);
  return last ? readModelActivatedSchema.parse(last.data) : null;
}
