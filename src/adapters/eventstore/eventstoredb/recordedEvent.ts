import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';
import type { JsonObject, RecordedEvent } from '../../../domain/events.ts';

/** An event of ours; undefined for the server's own and for what is not JSON. */
export function toRecorded({
  event,
  commitPosition,
}: ResolvedEvent | AllStreamResolvedEvent): RecordedEvent | undefined {
  if (event === undefined || !event.isJson || event.streamId.startsWith('$')) return undefined;
  if (!isJsonObject(event.data)) return undefined;
  return {
    stream: event.streamId,
    revision: event.revision,
    position: event.position?.commit ?? commitPosition ?? 0n,
    id: event.id,
    type: event.type,
    data: event.data,
    metadata: isJsonObject(event.metadata) ? event.metadata : {},
  };
}

/** Where an event of the log, ours or not, stands. */
export function positionOf({ event, commitPosition }: AllStreamResolvedEvent): bigint {
  return event?.position.commit ?? commitPosition ?? 0n;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
