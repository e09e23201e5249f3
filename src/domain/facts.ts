/** Stored events of the PBX → typed facts. */
import type { z } from 'zod';
import { CommslogError } from '../errors.ts';
import { isPbxFactData, type PbxFactData, pbxFactDataSchema, pbxFactMetadataSchema } from './events.ts';
import { Fields } from './factFields.ts';
import { fromRfc3339, type Micros, microsOfSeconds } from './time.ts';

/** Which part a channel plays in a fact; AMI tells it by the prefix of the keys. */
export type Role =
  | 'subject'
  | 'dest'
  | 'source'
  | 'local_one'
  | 'local_two'
  | 'transferer'
  | 'second_transferer'
  | 'transferee'
  | 'transfer_target'
  | 'parkee'
  | 'retriever'
  | 'picked_up'
  | 'other';

/** A channel as one fact shows it; what the PBX left empty or called `<unknown>` is null. */
export type ChannelView = {
  readonly role: Role;
  readonly name: string | null;
  readonly uniqueid: string;
  readonly linkedid: string | null;
  /** AMI's ChannelState: 0 Down, 4 Ring, 5 Ringing, 6 Up, 7 Busy */
  readonly state: number | null;
  readonly callerNumber: string | null;
  readonly callerName: string | null;
  readonly connectedNumber: string | null;
  readonly context: string | null;
  readonly exten: string | null;
};

export type BridgeView = { readonly id: string; readonly type: string | null; readonly technology: string | null };

export type CallRecord = {
  readonly channel: string | null;
  readonly destinationChannel: string | null;
  readonly destinationContext: string | null;
  readonly source: string | null;
  readonly lastApplication: string | null;
  /** the PBX's local time without a zone, whole seconds */
  readonly startTime: string | null;
  readonly answerTime: string | null;
  readonly endTime: string | null;
  readonly disposition: string | null;
};

/** One thing that the PBX, or the listener, said about a call. */
export type Fact = {
  readonly type: string;
  readonly pbx: string;
  readonly session: number;
  readonly seq: number;
  readonly receivedAt: Micros | null;
  /** event time: the PBX's `Timestamp`, else `receivedAt` */
  readonly at: Micros | null;
  readonly channels: readonly ChannelView[];
  readonly bridges: readonly BridgeView[];
  readonly dialStatus: string | null;
  readonly dialString: string | null;
  /** Q.850; of a `SoftHangupRequested` the flags of the request instead */
  readonly cause: number | null;
  /** the technology's own cause, of SIP its status */
  readonly techCause: number | null;
  /** of a transfer: `Success`, or why it was refused */
  readonly result: string | null;
  readonly record: CallRecord | null;
};

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

/** Facts in the order in which the PBX said them. */
export function inOrder(facts: readonly Fact[]): Fact[] {
  return [...facts].sort(
    (a, b) => (a.pbx < b.pbx ? -1 : a.pbx > b.pbx ? 1 : 0) || a.session - b.session || a.seq - b.seq,
  );
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
