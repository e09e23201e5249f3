import type { Micros } from '../time.ts';
import type { Recorded } from './channel.ts';

/** Time zones differ from UTC by quarters of an hour; a record is sent less than half of one after the end it tells. */
const QUARTER_OF_AN_HOUR = 900_000_000;

/**
 * A time of a call record, which the PBX writes in its local time without a zone. The zone is what lies between the end
 * that the record tells and the moment at which it was sent. Null without a clock or a time.
 */
export function timeInRecord(record: Recorded, which: 'startTime' | 'answerTime' | 'endTime'): Micros | null {
  const local = asUtc(record[which]);
  const end = asUtc(record.endTime);
  if (local === null || end === null || record.at === null) return null;
  const zone = Math.round((end - record.at) / QUARTER_OF_AN_HOUR) * QUARTER_OF_AN_HOUR;
  return (local - zone) as Micros;
}

function asUtc(text: string | null): number | null {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(text ?? '');
  const millis = match ? Date.parse(`${match[1]}T${match[2]}Z`) : Number.NaN;
  return Number.isNaN(millis) ? null : millis * 1000;
}
