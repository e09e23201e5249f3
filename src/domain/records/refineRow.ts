/** A row of a call that was not heard as a whole, with what its records tell of the rest. */

import type { HeardEntry } from '../call/heardCall.ts';
import { WITHHELD_BY_PRESENTATION } from '../call/outsideParty.ts';
import type { Telling } from '../call/telling.ts';
import { secondsBetween, type Times } from '../call/times.ts';
import { agreedTime, allows, type Bounds } from '../channels/bounds.ts';
import type { Segment, Why } from '../entry.ts';
import { fromRfc3339, later, type Micros } from '../time.ts';
import { refinedCourse } from './refinedCourse.ts';

/** In `incomplete`: what was not heard comes from call records, as far as they tell it. */
export const FILLED_FROM_RECORDS = 'filled_from_records';

/** Whether the outside party's Hangup was heard, and between what the times lie that are not known. */
export type HeardSoFar = Telling['bounds'] & {
  readonly endWasHeard: boolean;
  /** the records tell when what was heard late was */
  readonly isWhole: boolean;
};

/** What was heard stands; what was not is taken from `recorded`, the row of the same call by its records alone. */
export function refineRow(
  heard: HeardEntry,
  itsRecords: HeardEntry,
  { endWasHeard, isWhole, early, late }: HeardSoFar,
): HeardEntry {
  if (heard.direction !== itsRecords.direction) return heard;
  const recorded = withoutTalksBefore(heard, itsRecords);
  const isHidden = heard.outside?.rule === WITHHELD_BY_PRESENTATION;
  const isAnswered = heard.outcome === 'answered' || recorded.outcome === 'answered';
  const times = { early: early.times, late: late.times };
  // of a call that the PBX placed the record tells when its own phone was answered
  const talkWasLate = late.segments[0]?.from != null && !(isWhole && heard.direction === 'inbound');
  const recordedAnswer = () => (talkWasLate ? null : allowed(recorded.answered_at, times, 'answeredAt'));
  const segments = begunBy(segmentsOf(heard.segments, late.segments, recorded.segments), recorded, recordedAnswer);
  const [first] = segments;
  const heardOutcome = heard.outcome === 'answered' || (endWasHeard && !isAnswered);
  const row = {
    ...heard,
    outcome: heardOutcome ? heard.outcome : recorded.outcome,
    handled_by_machine: !isAnswered && (heard.handled_by_machine || recorded.handled_by_machine === true),
    ...(isHidden ? {} : outsideOf(heard, recorded)),
    did: heard.did ?? recorded.did,
    dialled: heard.dialled ?? recorded.dialled,
    trunk: heard.trunk ?? recorded.trunk,
    extensions: [...new Set([...heard.extensions, ...recorded.extensions])],
    rang: [...new Set([...heard.rang, ...recorded.rang])],
    queues: [...new Set([...(heard.queues ?? []), ...(recorded.queues ?? [])])],
    occurred_at: heard.occurred_at ?? recorded.occurred_at,
    answered_at: isAnswered ? (first ? first.from : (heard.answered_at ?? recordedAnswer())) : null,
    ended_at: heard.ended_at ?? (endWasHeard && !isWhole ? null : allowed(recorded.ended_at, times, 'endedAt')),
    segments,
  };
  const course = refinedCourse(heard, row);
  const filled = { ...row, course, ...lengths(heard, row, { recorded, heardUntil: agreedUntil(times) }) };
  const isFilled = late.times.endRule === 'recorded_end' || JSON.stringify(filled) !== JSON.stringify(heard);
  if (!isFilled) return heard;
  const reasons = [...heard.incomplete, FILLED_FROM_RECORDS, ...recorded.incomplete.filter(isOfRecords)];
  const incomplete = [...new Set(reasons)];
  const refined = { ...filled, incomplete };
  return { ...refined, why: whyOf(heard, refined, recorded) };
}

/** Of a call that was heard from its begin on: before the answer that was heard nobody else spoke. */
function withoutTalksBefore(heard: HeardEntry, recorded: HeardEntry): HeardEntry {
  const { answered_at, incomplete, segments } = heard;
  if (answered_at === null || incomplete.includes('start_not_heard') || incomplete.includes('gap')) return recorded;
  const isBefore = (talk: Segment) =>
    placeOf(talk) < answered_at && !segments.some(({ channel }) => channel === talk.channel);
  const talks = recorded.segments.filter((segment) => !isBefore(segment));
  const deniedTo = new Set(recorded.segments.filter(isBefore).map(({ party }) => party));
  return { ...recorded, segments: talks, extensions: recorded.extensions.filter((one) => !deniedTo.has(one)) };
}

function outsideOf(heard: HeardEntry, recorded: HeardEntry) {
  return {
    outside: heard.outside?.number == null ? recorded.outside : heard.outside,
    external_name: heard.external_name ?? recorded.external_name,
  };
}

/** A record that contradicts what was heard is another part's. */
function allowed(text: string | null, { early, late }: Bounds<Times>, time: 'answeredAt' | 'endedAt'): string | null {
  const recorded = timeOf(text);
  return recorded !== null && allows({ early: early[time], late: late[time] }, recorded) ? text : null;
}

function isOfRecords(reason: string): boolean {
  return reason === 'ambiguous_hour';
}

type Row = Pick<
  HeardEntry,
  'direction' | 'outcome' | 'handled_by_machine' | 'occurred_at' | 'answered_at' | 'ended_at' | 'segments'
>;

type Until = {
  readonly recorded: HeardEntry;
  /** when the last talk that was heard was over */
  readonly heardUntil: Micros | null;
};

/** Anew where a time that they follow from was not heard. */
function lengths(heard: HeardEntry, row: Row, { recorded, heardUntil }: Until) {
  const [began, answered, ended] = [row.occurred_at, row.answered_at, row.ended_at].map(timeOf);
  const isAnswered = row.outcome === 'answered';
  const sameEnd = row.outcome === heard.outcome && row.answered_at === heard.answered_at;
  const rang = secondsBetween(began ?? null, (isAnswered ? answered : ended) ?? null);
  // voicemail ends the ringing before the call, and so does who picks up for a machine
  const isBefore = row.outcome === 'voicemail' || (row.direction === 'outbound' && row.handled_by_machine);
  const ring = recorded.ring_seconds === null || isBefore ? recorded.ring_seconds : rang;
  const ring_seconds = sameEnd && heard.ring_seconds !== null ? heard.ring_seconds : ring;
  const sameTalk = sameEnd && row.ended_at === heard.ended_at && row.segments.length === heard.segments.length;
  const until = ended == null ? null : talkEnd(row.segments, later(heardUntil, recordedUntil(recorded)), ended);
  const talked =
    sameTalk && heard.duration_seconds !== null ? heard.duration_seconds : secondsBetween(answered ?? null, until);
  const duration_seconds = isAnswered ? talked : 0;
  const body = duration_seconds === null ? 'Call duration: unknown' : `Call duration: ${duration_seconds}s`;
  return { ring_seconds, duration_seconds, body };
}

function agreedUntil({ early, late }: Bounds<Times>): Micros | null {
  return agreedTime({ early: early.talkedUntil, late: late.talkedUntil });
}

/** Records cut begin and length to whole seconds each: what ends within them ends with the call. */
const CUT = 2_000_000;

/** `told`: when the last talk was over, by what was heard and by the records; none of the talks lasted longer. */
function talkEnd(talks: readonly Segment[], told: Micros | null, ended: Micros): Micros {
  if (talks.some(({ to }) => to === null)) return ended;
  const until = talks.map(({ to }) => timeOf(to)).reduce(later, told);
  return until === null || ended - until <= CUT ? ended : until;
}

function recordedUntil({ answered_at, duration_seconds }: HeardEntry): Micros | null {
  const answered = timeOf(answered_at);
  return answered === null || duration_seconds === null ? null : ((answered + duration_seconds * 1_000_000) as Micros);
}

/**
 * Those that were heard, with their ends, and those with other channels. Where one was heard late, when is not recorded:
 * a record tells when a channel was answered, not when it was connected.
 */
function segmentsOf(heard: readonly Segment[], bounds: Telling['segments'], recorded: readonly Segment[]): Segment[] {
  const known = heard.map((segment, at) => {
    const same = recorded.find(({ channel }) => channel === segment.channel);
    const unheard = (end: 'from' | 'to') => (bounds[at]?.[end] == null ? (same?.[end] ?? null) : null);
    return { ...segment, from: segment.from ?? unheard('from'), to: segment.to ?? unheard('to') };
  });
  const others = recorded.filter(({ channel }) => !heard.some((segment) => segment.channel === channel));
  return [...known, ...others].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : placeOf(a) > placeOf(b) ? 1 : 0));
}

/** What began before anybody listened stands where it ended. */
function placeOf({ from, to }: Segment): string {
  return from ?? to ?? '';
}

/** The first talk, where nobody heard when it began, begins with the answer that the record of it tells. */
function begunBy(segments: Segment[], recorded: HeardEntry, answer: () => string | null): Segment[] {
  const [first, ...others] = segments;
  if (!first || first.from !== null || recorded.segments[0]?.channel !== first.channel) return segments;
  return [{ ...first, from: answer() }, ...others];
}

/** The reason of each column that the records have changed is theirs. */
function whyOf(heard: HeardEntry, refined: Omit<HeardEntry, 'why'>, recorded: HeardEntry): Why {
  const [before, after] = [heard, refined].map((row) => new Map(Object.entries(row)));
  const why = Object.entries(heard.why).map(([column, reason]): [string, Why[string]] => {
    const isSame = JSON.stringify(after?.get(column)) === JSON.stringify(before?.get(column));
    return [column, isSame ? reason : (recorded.why[column] ?? reason)];
  });
  const { rule } = heard.why.incomplete ?? { rule: 'not_all_heard' };
  return { ...Object.fromEntries(why), incomplete: { rule, inputs: { reasons: refined.incomplete } } };
}

function timeOf(text: string | null): Micros | null {
  return text === null ? null : fromRfc3339(text);
}
