/** The outside party's way through a call, as far as call records tell it. */
import { layered, type TimedStretch, within } from '../call/stretches.ts';
import { earlier, later, type Micros } from '../time.ts';
import type { RecordedCall } from './recordedCalls.ts';

/**
 * Records tell when the PBX answered, who talked when, and voicemail; what came before a talk in one record (a menu, a queue)
 * they do not tell apart.
 */
export function recordedCourse(call: RecordedCall): TimedStretch[] {
  const { talks, outcome, occurredAt, endedAt, isPlacedByPbx } = call;
  const spoken = talks.map(({ party, from, to }): TimedStretch => ({ what: 'talk', with: party, from, to }));
  // with whom it was put through, who is nobody of ours
  const until = talks.map(({ to }) => to).reduce(later, null);
  const others: TimedStretch = { what: 'talk', with: null, from: until, to: call.talkedUntil };
  const voicemail: TimedStretch = { what: 'voicemail', with: null, from: outcome.voicemailAt, to: endedAt };
  const answeredAt = pbxAnsweredAt(call);
  const before: TimedStretch[] = [
    { what: 'ringing', with: null, from: occurredAt, to: answeredAt ?? endedAt },
    ...(answeredAt === null ? [] : [{ what: 'in_pbx' as const, with: null, from: answeredAt, to: endedAt }]),
  ];
  const layers = [
    spoken,
    until === null ? [] : [others],
    outcome.voicemailAt === null ? [] : [voicemail],
    isPlacedByPbx ? [] : before,
  ];
  const course = within(layered(layers), { from: occurredAt, to: endedAt });
  // the answer of the PBX alone is recorded: the talk began at some time after it
  const isUnknown = (one: TimedStretch) =>
    one.what === 'talk' && call.answeredAt === null && one.from === talks[0]?.from;
  return course.map((one) => (isUnknown(one) ? { ...one, from: null } : one));
}

/** By whatever. */
function pbxAnsweredAt({ direction, party }: RecordedCall): Micros | null {
  const records = direction === 'outbound' ? party.called : party.calling;
  return records.map(({ answeredAt }) => answeredAt).reduce(earlier, null);
}
