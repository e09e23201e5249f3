/** When a call began, rang, was answered and ended (design §5). */

import { agreedTime, type Bounds } from '../channels/bounds.ts';
import { beganAt, secondIn } from '../channels/channel.ts';
import type { Ending } from '../channels/liveness.ts';
import { type Micros, toRfc3339 } from '../time.ts';
import type { CallToLog } from './callsToLog.ts';
import type { Conversation } from './conversations.ts';
import type { ByMachine } from './handledByMachine.ts';
import type { Voicemail } from './voicemail.ts';

export type Times = {
  readonly occurredAt: Micros | null;
  readonly answeredAt: Micros | null;
  /** when the last talk was over */
  readonly talkedUntil: Micros | null;
  readonly endedAt: Micros | null;
  readonly ringsFrom: Micros | null;
  readonly ringsUntil: Micros | null;
  readonly ringRule: 'until_answered' | 'until_voicemail' | 'until_picked_up' | 'until_the_end';
  readonly endRule: 'outside_party_ended' | 'recorded_end';
};

type Found = {
  /** the conversations that count, in order; none: nobody answered */
  readonly talks: readonly Conversation[];
  readonly voicemail: Voicemail | null;
  readonly byMachine: ByMachine;
  readonly talkedUntil: Micros | null;
};

export function timesOf(call: CallToLog, found: Found, ending: Ending | null): Times {
  const occurredAt = call.beginning ? beganAt(call.beginning) : secondIn(call.beginningId, call.party);
  const answeredAt = found.talks[0]?.answeredAt ?? null;
  const endedAt = ending?.at ?? null;
  const [ringRule, ringsUntil] = ringEnd(call, found, { answeredAt, endedAt });
  const ringsFrom = call.beginning?.opening ? ringStart(call, occurredAt) : null;
  const endRule = ending?.isRecorded ? 'recorded_end' : 'outside_party_ended';
  const { talkedUntil } = found;
  return { occurredAt, answeredAt, talkedUntil, endedAt, ringsFrom, ringsUntil, ringRule, endRule };
}

/** A machine that we have call somebody rings until that one picks up; a caller waits for a person, whatever speaks meanwhile. */
function ringEnd(
  { direction, party }: CallToLog,
  { talks, voicemail, byMachine }: Found,
  { answeredAt, endedAt }: Pick<Times, 'answeredAt' | 'endedAt'>,
): [Times['ringRule'], Micros | null] {
  if (talks.length > 0) return ['until_answered', answeredAt];
  if (voicemail) return ['until_voicemail', voicemail.at];
  if (direction === 'outbound' && byMachine.isSo) return ['until_picked_up', party.upAt];
  return ['until_the_end', endedAt];
}

/** Of a call that the PBX placed for a phone, the outside rings from its own dialling on. */
function ringStart({ placedBy, party }: CallToLog, occurredAt: Micros | null): Micros | null {
  return placedBy === 'pbx' ? (party.dialling?.at ?? beganAt(party)) : occurredAt;
}

/** What both tell. */
export function agreedTimes({ early, late }: Bounds<Times>): Times {
  const agreed = (time: 'occurredAt' | 'answeredAt' | 'talkedUntil' | 'endedAt' | 'ringsFrom' | 'ringsUntil') =>
    agreedTime({ early: early[time], late: late[time] });
  return {
    occurredAt: agreed('occurredAt'),
    answeredAt: agreed('answeredAt'),
    talkedUntil: agreed('talkedUntil'),
    endedAt: agreed('endedAt'),
    ringsFrom: agreed('ringsFrom'),
    ringsUntil: agreed('ringsUntil'),
    ringRule: late.ringRule,
    endRule: late.endRule,
  };
}

/** Rounded to whole seconds; never negative. */
export function secondsBetween(from: Micros | null, to: Micros | null): number | null {
  return from === null || to === null ? null : Math.max(0, Math.round((to - from) / 1_000_000));
}

export function asText(time: Micros | null): string | null {
  return time === null ? null : toRfc3339(time);
}
