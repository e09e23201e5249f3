/** Stored events of the PBX → typed facts. */
import type { z } from 'zod';
import { CommslogError } from '../../errors.ts';
import { isPbxFactData, type PbxFactData, pbxFactDataSchema, pbxFactMetadataSchema } from '../events.ts';
import { fromRfc3339, microsOfSeconds } from '../time.ts';
import type { Fact } from './fact.ts';
import { Fields } from './factFields.ts';

/**
 * The typed fact of a stored PBX event.
 * Throws `POISON_EVENT` (naming no content) when data or metadata are not what the schema says.
 */
export function factOf(event: { readonly type: string; readonly data: unknown; readonly metadata: unknown }): Fact {
  const data = dataOf(event);
  const metadata = pbxFactMetadataSchema.safeParse(event.metadata);
  if (!metadata.success) throw poison(event.type, 'metadata', metadata.error);
  const fields = new Fields(data.fields);
  const receivedAt = metadata.data.received_at === null ? null : fromRfc3339(metadata.data.received_at);
  return {
    type: event.type,
    pbx: metadata.data.pbx,
    session: metadata.data.session,
    seq: metadata.data.seq,
    receivedAt,
    at: microsOfSeconds(fields.get('timestamp') ?? '') ?? receivedAt,
    channels: fields.channels(),
    bridges: fields.bridges(),
    dialStatus: fields.get('dialstatus'),
    dialString: fields.get('dialstring'),
    cause: fields.integer('cause'),
    techCause: fields.integer('techcause'),
    result: fields.get('result'),
    record: event.type === 'CallDetailRecorded' ? fields.record() : null,
  };
}

/** The schema is asked only what is wrong. */
function dataOf({ type, data }: { readonly type: string; readonly data: unknown }): PbxFactData {
  if (isPbxFactData(data)) return data;
  const read = pbxFactDataSchema.safeParse(data);
  if (!read.success) throw poison(type, 'data', read.error);
  return read.data;
}

function poison(type: string, part: string, error: z.ZodError): CommslogError {
  const where = error.issues.map((issue) => [part, ...issue.path].join('.'));
  return new CommslogError('POISON_EVENT', `the ${type} event is not as its schema says: ${where.join(', ')}`);
}
