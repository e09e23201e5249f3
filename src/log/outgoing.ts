import type { JsonObject, NewEvent } from '../domain/events.ts';
import { CommslogError } from '../errors.ts';
import { MAX_APPEND_BYTES } from '../ports/eventStore.ts';

/** An event as it goes to a store: data and metadata are JSON text, the id is in lower case. */
export type OutgoingEvent = {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
  /** what `data` is the text of */
  readonly content: JsonObject;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Names that begin with `$` belong to the store; control characters and halves of a character can be stored by none. */
const NAME = /^[^$\p{Cc}\p{Cs}][^\p{Cc}\p{Cs}]{0,299}$/u;

/**
 * Checks what is to be appended and turns it into JSON before any store hears of it.
 * Errors: `INVALID_EVENT` (stream name, type, id, or data that is no JSON object), `APPEND_TOO_LARGE`.
 */
export function toOutgoing(stream: string, events: readonly NewEvent[]): readonly OutgoingEvent[] {
  if (!NAME.test(stream)) throw new CommslogError('INVALID_EVENT', 'not a name that a stream can have');
  const outgoing = events.map(toOutgoingEvent);
  const bytes = outgoing.reduce((sum, event) => sum + sizeOf(event), 0);
  if (bytes > MAX_APPEND_BYTES)
    throw new CommslogError(
      'APPEND_TOO_LARGE',
      `an append of ${bytes} bytes, at most ${MAX_APPEND_BYTES} are possible`,
    );
  return outgoing;
}

/** What the event counts towards `MAX_APPEND_BYTES`. */
export function sizeOf(event: Pick<OutgoingEvent, 'type' | 'data' | 'metadata'>): number {
  return Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata) + 2 * event.type.length;
}

/** The same of an event that is not checked yet. */
export function sizeOfNew({ type, data, metadata }: NewEvent): number {
  return sizeOf({ type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) });
}

function toOutgoingEvent({ id, type, data, metadata }: NewEvent): OutgoingEvent {
  if (!UUID.test(id)) throw new CommslogError('INVALID_EVENT', 'the id of an event is not a UUID');
  if (!NAME.test(type)) throw new CommslogError('INVALID_EVENT', 'not a type that an event can have');
  return { id: id.toLowerCase(), type, data: toJson(data), metadata: toJson(metadata), content: data };
}

function toJson(value: JsonObject): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new CommslogError('INVALID_EVENT', 'data or metadata of an event is not JSON', { cause: error });
  }
  if (text?.startsWith('{')) return text;
  throw new CommslogError('INVALID_EVENT', 'data or metadata of an event is not a JSON object');
}
