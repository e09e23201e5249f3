/** All that is told of one call: what was decided, who spoke when, which channels took part. */

import { agreedTime, type Bounds, sure } from '../channels/bounds.ts';
import { endpointOf } from '../channels/channel.ts';
import { type Group, kindIn } from '../channels/group.ts';
import type { Ending } from '../channels/liveness.ts';
import type { Leg, Segment } from '../entry.ts';
import type { Micros } from '../time.ts';
import type { CallToLog } from './callsToLog.ts';
import { type Conversation, goneOn } from './conversations.ts';
import { agreedCourse, courseOf } from './course.ts';
import { type Decisions, decide } from './decisions.ts';
import type { TimedStretch } from './stretches.ts';
import { agreedTimes, type Times } from './times.ts';

export type Span = { readonly from: Micros | null; readonly to: Micros | null };
type TimedSegment = Omit<Segment, keyof Span> & Span;
type TimedLeg = Omit<Leg, keyof Span | 'answered' | 'holds'> &
  Span & { readonly answered: Micros | null; readonly holds: readonly Span[] };

export type Telling = {
  readonly call: CallToLog;
  readonly group: Group;
  readonly decisions: Decisions;
  readonly segments: readonly TimedSegment[];
  readonly legs: readonly TimedLeg[];
  readonly course: readonly TimedStretch[];
  /** between what the times lie that are not known */
  readonly bounds: Bounds<Told>;
};

type Told = { readonly times: Times; readonly segments: readonly TimedSegment[] };

export function tellingOf(call: CallToLog, group: Group, endings: ReadonlyMap<string, Ending>): Telling {
  const decisions = decide(call, group, endings);
  const segments = segmentsOf(decisions.talks, endings);
  const bounds = sure({ times: decisions.times, segments });
  const course = courseOf(call, decisions, group, endings);
  return { call, group, decisions, segments, legs: legsOf(call, group, endings), course, bounds };
}

/** What is known of a call that was told as early and as late as it can have been: facts have one order, so all else is one. */
export function agreedTelling({ early, late }: Bounds<Telling>): Telling {
  const times = agreedTimes({ early: early.decisions.times, late: late.decisions.times });
  const segments = late.segments.map((segment, at) => ({ ...segment, ...agreedSpan(early.segments[at], segment) }));
  return {
    ...late,
    decisions: { ...late.decisions, times },
    segments,
    course: agreedCourse({ early: early.course, late: late.course }, segments),
    legs: late.legs.map((leg, at) => agreedLeg(early.legs[at], leg)),
    bounds: { early: early.bounds.early, late: late.bounds.late },
  };
}

function agreedLeg(early: TimedLeg | undefined, late: TimedLeg): TimedLeg {
  return {
    ...late,
    ...agreedSpan(early, late),
    answered: agreedTime({ early: early?.answered ?? null, late: late.answered }),
    holds: late.holds.map((hold, at) => agreedSpan(early?.holds[at], hold)),
  };
}

function agreedSpan(early: Span | undefined, late: Span): Span {
  return {
    from: agreedTime({ early: early?.from ?? null, late: late.from }),
    to: agreedTime({ early: early?.to ?? null, late: late.to }),
  };
}

function legsOf({ members }: CallToLog, group: Group, endings: ReadonlyMap<string, Ending>): TimedLeg[] {
  return members.map((channel) => ({
    channel: channel.name ?? '',
    uniqueid: channel.uniqueid,
    party: endpointOf(channel),
    kind: kindIn(group, channel.uniqueid),
    from: channel.opening?.at ?? null,
    answered: channel.upAt,
    to: endings.get(channel.uniqueid)?.at ?? null,
    holds: channel.holds.map(({ from, to }) => ({ from, to })),
  }));
}

/** Who spoke with the outside party, from when to when. */
function segmentsOf(talks: readonly Conversation[], endings: ReadonlyMap<string, Ending>): TimedSegment[] {
  return goneOn(talks).map(({ party, channel, uniqueid, answeredAt, to }) => ({
    party,
    channel,
    from: answeredAt,
    to: to ?? endings.get(uniqueid ?? '')?.at ?? null,
  }));
}
