import type { CallRecord, Fact } from '../facts/fact.ts';
import type { Micros } from '../time.ts';

/** Time zones differ from UTC by quarters of an hour; a record is sent less than half of one after the end it tells. */
const QUARTER_OF_AN_HOUR = 900_000_000;

/** A record that was heard: when, and what the PBX's clock showed more than ours then. */
export type Recorded = CallRecord & Sending;
type Sending = Pick<Fact, 'receivedAt' | 'at' | 'clockOffset'>;

/**
 * A time of a call record, which the PBX writes in its local time without a zone, by our clock. The zone is what lies
 * between the end that the record tells and the moment at which it was sent. Null without a clock or a time.
 */
export function timeInRecord(
  record: CallRecord,
  { receivedAt, at, clockOffset }: Sending,
  which: 'startTime' | 'answerTime' | 'endTime',
): Micros | null {
  const sentAt = receivedAt ?? at;
  const end = sentAt === null ? null : asUtc(record.endTime);
  const local = which === 'endTime' ? end : asUtc(record[which]);
  if (local === null || end === null || sentAt === null) return null;
  const zone = Math.round((end - sentAt - clockOffset) / QUARTER_OF_AN_HOUR) * QUARTER_OF_AN_HOUR;
  return (local - zone - clockOffset) as Micros;
}

function asUtc(text: string | null): number | null {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(text ?? '');
  const millis = match ? Date.parse(`${match[1]}T${match[2]}Z`) : Number.NaN;
  return Number.isNaN(millis) ? null : millis * 1000;
}
