/** A call record of the PBX → the event that is stored of it. */
import { v5 as uuidv5 } from 'uuid';
import { parseCallId } from '../domain/callId.ts';
import { envelope } from '../domain/envelope.ts';
import { CALL_RECORD_IMPORTED, type NewEvent, type PbxFactData, streamOf } from '../domain/events.ts';
import { type Micros, toRfc3339 } from '../domain/time.ts';
import { momentsOf } from '../domain/zone.ts';

/** Namespace of the ids of imported records; never changes, or every record would be imported again. */
const RECORD_NAMESPACE = '5b0b2c60-3f8a-4a55-9f3c-0e7a6a1c7d42';
/** What makes a record itself; a database and a file of the same PBX have all of them. */
const IDENTITY = [
  'uniqueid',
  'sequence',
  'calldate',
  'channel',
  'dstchannel',
  'lastapp',
  'duration',
  'billsec',
  'disposition',
] as const;
const SECOND = 1_000_000;
/** Between the making of a channel and the begin of its first record. */
const SAME_SECONDS = 2;

export type RecordContext = {
  readonly pbx: string;
  /** whose local time `calldate` is */
  readonly zone: string;
  readonly now: Micros;
  readonly app: string;
};

export type RecordEvent = {
  readonly stream: string;
  readonly event: NewEvent;
  /** under which its call may have been heard */
  readonly callIds: readonly string[];
  readonly beganAt: Micros;
  /** of the ids of Asterisk: in which second the channel was made */
  readonly channelMadeAt: Micros | null;
  readonly isAmbiguous: boolean;
};

/** Null when the record names no channel or has no time. */
export function recordEvent(record: PbxFactData, { pbx, zone, now, app }: RecordContext): RecordEvent | null {
  const columns = new Map(record.fields);
  const uniqueid = columns.get('uniqueid')?.trim();
  if (!uniqueid) return null;
  const second = parseCallId(uniqueid)?.second;
  const channelMadeAt = second === undefined ? null : ((second * SECOND) as Micros);
  const begin = beginOf(momentsOf(columns.get('calldate') ?? '', zone), channelMadeAt);
  if (begin === null) return null;
  const { beganAt, isAmbiguous } = begin;
  const linkedid = columns.get('linkedid')?.trim() || uniqueid;
  const stream = streamOf.record(pbx, linkedid);
  const event = envelope(
    {
      id: uuidv5(JSON.stringify([pbx, ...IDENTITY.map((name) => columns.get(name) ?? '')]), RECORD_NAMESPACE),
      type: CALL_RECORD_IMPORTED,
      data: record,
    },
    { at: now, app, correlationId: stream },
    { pbx, began_at: toRfc3339(beganAt), time_zone: zone, ...(isAmbiguous ? { ambiguous_hour: true } : {}) },
  );
  return { stream, event, callIds: [...new Set([linkedid, uniqueid])], beganAt, channelMadeAt, isAmbiguous };
}

/** In the hour that comes twice the second in which the channel was made often tells which of the two it was. */
function beginOf(moments: readonly Micros[], channelMadeAt: Micros | null) {
  const [first, second] = moments;
  if (first === undefined) return null;
  if (second === undefined) return { beganAt: first, isAmbiguous: false };
  if (channelMadeAt !== null && channelMadeAt > first + SAME_SECONDS * SECOND)
    return { beganAt: second, isAmbiguous: false };
  const isFirst = channelMadeAt !== null && Math.abs(first - channelMadeAt) <= SAME_SECONDS * SECOND;
  return { beganAt: first, isAmbiguous: !isFirst };
}
