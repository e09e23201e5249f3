/** Stored events of the PBX → typed facts. */
import type { z } from 'zod';
import { CommslogError } from '../../errors.ts';
import {
  CALL_RECORD_IMPORTED,
  callRecordMetadataSchema,
  isPbxFactData,
  isPbxFactMetadata,
  LISTENER_FACT_TYPES,
  type PbxFactData,
  type PbxFactMetadata,
  pbxFactDataSchema,
  pbxFactMetadataSchema,
} from '../events.ts';
import { importedRecordOf } from '../records/importedRecord.ts';
import { fromRfc3339, microsOfSeconds } from '../time.ts';
import { type Fact, NO_SESSION } from './fact.ts';
import { Fields } from './factFields.ts';
import type { Line } from './factLayout.ts';
import type { Place } from './hearing.ts';

/** Who has heard a fact, and when. */
export type HeardBy = Place & Pick<Fact, 'pbx' | 'receivedAt' | 'saidAfter'>;

type Stored = { readonly type: string; readonly data: unknown; readonly metadata: unknown };

/**
 * The typed fact of a stored PBX event or imported call record.
 * Throws `POISON_EVENT` (naming no content) when data or metadata are not what the schema says.
 */
export function factOf(event: Stored): Fact {
  const data = dataOf(event);
  if (event.type === CALL_RECORD_IMPORTED) return importedFact(event, data);
  return heardFact(event.type, data.fields, heardBy(event));
}

function heardBy(event: Stored): HeardBy {
  const { pbx, session, seq, heard_before: heardBefore = null, received_at, said_after } = metadataOf(event);
  const saidAfter = said_after === undefined ? null : fromRfc3339(said_after);
  const receivedAt = received_at === null ? null : fromRfc3339(received_at);
  return { pbx, session, heardBefore, seq, receivedAt, saidAfter };
}

/** The typed fact of the fields of a frame, as `factOf` gives it once it is stored. */
export function heardFact(type: string, lines: readonly Line[], by: HeardBy): Fact {
  const fields = new Fields(type, lines);
  const seconds = fields.get('timestamp');
  const timestamp = seconds === null ? null : microsOfSeconds(seconds);
  return {
    type,
    pbx: by.pbx,
    session: by.session,
    heardBefore: by.heardBefore ?? null,
    seq: by.seq,
    receivedAt: by.receivedAt,
    saidAfter: by.saidAfter,
    timestamp,
    at: timestamp ?? by.receivedAt,
    isLate: by.saidAfter !== null,
    clockOffset: 0,
    isClockDoubted: false,
    channels: fields.channels(),
    bridges: fields.bridges(),
    dialStatus: fields.get('dialstatus'),
    dialString: fields.get('dialstring'),
    cause: fields.integer('cause'),
    techCause: fields.integer('techcause'),
    result: fields.get('result'),
    presentation: fields.leadingInteger('cid-callingpres'),
    queue: fields.get('queue'),
    record: type === 'CallDetailRecorded' ? fields.record() : null,
    listed: type === LISTENER_FACT_TYPES.channelSeen ? fields.listed() : null,
    imported: null,
  };
}

function importedFact(event: Stored, { fields }: PbxFactData): Fact {
  const metadata = callRecordMetadataSchema.safeParse(event.metadata);
  if (!metadata.success) throw poison(event.type, 'metadata', metadata.error);
  const { pbx, began_at, ambiguous_hour } = metadata.data;
  const beganAt = fromRfc3339(began_at);
  const imported =
    beganAt === null ? null : importedRecordOf(fields, { beganAt, isAmbiguous: ambiguous_hour ?? false });
  if (imported === null) throw new CommslogError('POISON_EVENT', `the ${event.type} event names no channel`);
  const { uniqueid, linkedid, channel: name, source, context } = imported;
  return {
    type: event.type,
    pbx,
    session: NO_SESSION,
    heardBefore: null,
    seq: 0,
    receivedAt: null,
    saidAfter: null,
    timestamp: null,
    at: beganAt,
    isLate: false,
    clockOffset: 0,
    isClockDoubted: false,
    channels: [
      {
        role: 'subject',
        name,
        uniqueid,
        linkedid,
        state: null,
        callerNumber: source,
        callerName: null,
        connectedNumber: null,
        context,
        exten: null,
        priority: null,
      },
    ],
    bridges: [],
    dialStatus: null,
    dialString: null,
    cause: null,
    techCause: null,
    result: null,
    presentation: null,
    queue: null,
    record: null,
    listed: null,
    imported,
  };
}

/** The schema is asked only what is wrong. */
function dataOf({ type, data }: { readonly type: string; readonly data: unknown }): PbxFactData {
  if (isPbxFactData(data)) return data;
  const read = pbxFactDataSchema.safeParse(data);
  if (!read.success) throw poison(type, 'data', read.error);
  return read.data;
}

/** The same. */
function metadataOf({ type, metadata }: Stored): PbxFactMetadata {
  if (isPbxFactMetadata(metadata)) return metadata;
  const read = pbxFactMetadataSchema.safeParse(metadata);
  if (!read.success) throw poison(type, 'metadata', read.error);
  return read.data;
}

function poison(type: string, part: string, error: z.ZodError): CommslogError {
  const where = error.issues.map((issue) => [part, ...issue.path].join('.'));
  return new CommslogError('POISON_EVENT', `the ${type} event is not as its schema says: ${where.join(', ')}`);
}
