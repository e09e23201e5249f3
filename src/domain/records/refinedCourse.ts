/** The course of a call that was heard in part, with the talks that its records tell. */
import { layered, type TimedStretch, within } from '../call/stretches.ts';
import { asText } from '../call/times.ts';
import type { CallEntry, Stretch } from '../entry.ts';
import { fromRfc3339, type Micros } from '../time.ts';

type Row = Pick<CallEntry, 'segments' | 'ended_at'>;

/** `row`: as it is refined. What was heard of waiting and holding stands where no talk is. */
export function refinedCourse(heard: Row & Pick<CallEntry, 'course'>, row: Row): Stretch[] | null {
  const { course } = heard;
  const isSame = JSON.stringify([heard.segments, heard.ended_at]) === JSON.stringify([row.segments, row.ended_at]);
  if (course === null || isSame) return course;
  const timed = course.map((one): TimedStretch => ({ ...one, from: timeOf(one.from), to: timeOf(one.to) }));
  const talks = row.segments.map((segment): TimedStretch => {
    return { what: 'talk', with: segment.party, from: timeOf(segment.from), to: timeOf(segment.to) };
  });
  const holds = timed.filter(({ what }) => what === 'hold');
  const others = timed.filter(({ what }) => what !== 'hold' && what !== 'talk');
  const refined = within(layered([holds, talks, others]), { from: null, to: timeOf(row.ended_at) });
  return refined.map((one) => ({ ...one, from: asText(one.from), to: asText(one.to) }));
}

function timeOf(text: string | null): Micros | null {
  return text === null ? null : fromRfc3339(text);
}
