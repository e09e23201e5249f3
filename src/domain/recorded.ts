/** Reading the events that the program itself has written: people's, customers', the connection's. */
import { z } from 'zod';
import { CommslogError } from '../errors.ts';
import type { JsonObject, RecordedEvent } from './events.ts';
import { fromRfc3339, type Micros } from './time.ts';

/** The event's data as its schema says. Throws `POISON_EVENT`, naming fields and no content. */
export function dataOf<S extends z.ZodType>(event: Pick<RecordedEvent, 'type' | 'data'>, schema: S): z.output<S> {
  return parsed(event.type, 'data', event.data, schema);
}

/** The event's metadata as its schema says. Throws `POISON_EVENT`. */
export function metadataOf<S extends z.ZodType>(event: RecordedEvent, schema: S): z.output<S> {
  return parsed(event.type, 'metadata', event.metadata, schema);
}

/** When the event was written. Throws `POISON_EVENT`. */
export function recordedAt(event: RecordedEvent): Micros {
  return timeOf(event, metadataOf(event, recordedSchema).recorded_at);
}

/** Which import of customers has told it; null: none. Throws `POISON_EVENT`. */
export function importOf(event: RecordedEvent): string | null {
  return metadataOf(event, importedSchema).import_id ?? null;
}

/** Whether the event was written by `time`; one that does not say when is not ours. */
export function isRecordedBy(event: RecordedEvent, time: Micros): boolean {
  const at = recordedSchema.safeParse(event.metadata).data?.recorded_at;
  const recorded = at === undefined ? null : fromRfc3339(at);
  return recorded !== null && recorded <= time;
}

/** A time in an event. Throws `POISON_EVENT` when it is none (a 31st of February, say). */
export function timeOf(event: RecordedEvent, text: string): Micros {
  const time = fromRfc3339(text);
  if (time === null) throw new CommslogError('POISON_EVENT', `the ${event.type} event has a time that is none`);
  return time;
}

const recordedSchema = z.object({ recorded_at: z.string() });
const importedSchema = z.object({ import_id: z.string().optional() });

function parsed<S extends z.ZodType>(
  type: string,
  part: 'data' | 'metadata',
  told: JsonObject,
  schema: S,
): z.output<S> {
  const result = schema.safeParse(told);
  if (result.success) return result.data;
  const where = result.error.issues.map((issue) => [part, ...issue.path].join('.'));
  throw new CommslogError('POISON_EVENT', `the ${type} event is not as its schema says: ${where.join(', ')}`);
}
