import { type Author, type JsonObject, NAMES_ISSUER, type NewEvent } from './events.ts';
import { type Micros, toRfc3339 } from './time.ts';

/** Version of the schemas of all events that are written today, but for those that a person states. */
const SCHEMA_VERSION = 1;

/** What every event says of its writing: when, by which version of the program, and what it belongs together with. */
export type Written = { readonly at: Micros; readonly app: string; readonly correlationId: string };

/** An event as the log takes it; `more` is what its kind of metadata has besides. */
export function envelope(
  { id, type, data }: Omit<NewEvent, 'metadata'>,
  { at, app, correlationId }: Written,
  more: JsonObject = {},
): NewEvent {
  const metadata = { v: SCHEMA_VERSION, recorded_at: toRfc3339(at), app, $correlationId: correlationId, ...more };
  return { id, type, data, metadata };
}

/** What the metadata has besides where a person states it. */
export function statedBy({ actor, requestId }: Author): JsonObject {
  return { v: NAMES_ISSUER, actor, request_id: requestId };
}
