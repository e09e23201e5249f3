/** A call that only call records tell of → the row of the log. */
import type { HeardEntry, OutsideNumber } from '../call/heardCall.ts';
import { calledOn, presentedOn } from '../call/outsideParty.ts';
import { queueInRecord } from '../call/queues.ts';
import { asText, secondsBetween } from '../call/times.ts';
import { entryId } from '../callId.ts';
import type { Leg, Why } from '../entry.ts';
import { isWithheld } from '../phone/index.ts';
import { latest } from '../time.ts';
import { dialledAs } from './dialledAs.ts';
import type { RecordedCall } from './recordedCalls.ts';
import { firstSeen, type RecordedChannel, recordedExtensionOf } from './recordedChannels.ts';
import { recordedCourse } from './recordedCourse.ts';
import type { RecordedGroup } from './recordedGroup.ts';

/** Reasons in `incomplete` of what is known from records, in this order. */
export type Unrecorded = 'only_recorded' | 'answer_not_recorded' | 'ambiguous_hour';

export function recordedRow(call: RecordedCall, group: RecordedGroup): HeardEntry {
  const { direction, id, party, talks, occurredAt, answeredAt, endedAt, talkedUntil } = call;
  const isOutside = direction !== 'internal';
  const duration = talks.length === 0 ? 0 : secondsBetween(answeredAt, talkedUntil);
  return {
    id: entryId(group.pbx, id),
    pbx: group.pbx,
    ext_message_id: id,
    type: 'call',
    source: 'cdr',
    direction,
    outcome: call.outcome.outcome,
    handled_by_machine: call.byMachine.isSo,
    outside: isOutside ? outsideOf(call) : null,
    external_name: nameOf(call),
    did: direction === 'inbound' ? didOf(party) : null,
    dialled: direction === 'inbound' || call.isPlacedByPbx ? null : call.first.destination,
    trunk: isOutside ? party.parsed.endpoint : null,
    extensions: distinct([
      ...(isOutside || talks.length === 0 ? [] : [recordedExtensionOf(party, group.rules)]),
      ...talks.flatMap((talk) => (talk.isOutside ? [] : [talk.party])),
    ]),
    rang: distinct(call.rang.map((phone) => recordedExtensionOf(phone, group.rules))),
    queues: queuesOf(call, group),
    occurred_at: asText(occurredAt),
    answered_at: asText(answeredAt),
    ended_at: asText(endedAt),
    ring_seconds: secondsBetween(call.isPlacedByPbx ? null : occurredAt, call.rangUntil),
    duration_seconds: duration,
    body: duration === null ? 'Call duration: unknown' : `Call duration: ${duration}s`,
    segments: talks.map(({ party: who, channel, from, to }, at) => ({
      party: who,
      channel,
      from: asText(at === 0 ? answeredAt : from),
      to: asText(to),
    })),
    legs: call.members.map((channel) => legOf(channel, group)),
    course: recordedCourse(call).map((one) => ({ ...one, from: asText(one.from), to: asText(one.to) })),
    incomplete: unrecorded(call, group),
    why: whyOf(call, group),
  };
}

/** What the records cannot tell of it. */
export function unrecorded({ talks, answeredAt }: RecordedCall, { records }: RecordedGroup): Unrecorded[] {
  const said: readonly [Unrecorded, boolean][] = [
    ['only_recorded', true],
    ['answer_not_recorded', talks.length > 0 && answeredAt === null],
    ['ambiguous_hour', records.some(({ isAmbiguous }) => isAmbiguous)],
  ];
  return said.flatMap(([reason, isSo]) => (isSo ? [reason] : []));
}

/** Inbound what the trunk showed; outbound what was sent to the provider, else what was typed. */
function outsideOf({ direction, party, first }: RecordedCall): OutsideNumber {
  const trunk = party.parsed.endpoint;
  if (direction === 'inbound') {
    const presented = first.source ?? first.callerNumber;
    const isShown = presented !== null && !isWithheld(presented);
    return presentedOn(trunk, {
      number: isShown ? presented : null,
      presented,
      rule: isShown ? 'recorded_source' : 'withheld',
      source: 'cdr',
    });
  }
  const sent = party.called.map(dialledAs).find((dialled) => dialled?.number != null)?.number ?? null;
  const rule = sent === null ? 'not_recorded' : 'recorded_sent_to_provider';
  const typed = { typed: first.destination, typedRule: 'recorded_typed_without_prefix' };
  return calledOn(trunk, { number: sent, presented: sent, rule, source: 'cdr' }, { called: null, ...typed });
}

/** The PBX writes the number where there is no name. */
function nameOf({ direction, first: { callerName, source, callerNumber } }: RecordedCall): string | null {
  const isName = callerName !== null && callerName !== source && callerName !== callerNumber && !isWithheld(callerName);
  return direction === 'inbound' && isName ? callerName : null;
}

/** Whatever the dialplan put in the caller's place waited there for it. */
function queuesOf({ direction, party, members }: RecordedCall, { channelKinds, rules }: RecordedGroup): string[] {
  const locals = members.filter(({ name }) => direction === 'inbound' && channelKinds.get(name)?.kind === 'local');
  const records = [party, ...locals].flatMap(({ calling }) => calling);
  const names = records.map((record) => queueInRecord({ ...record, exten: record.destination }, rules));
  return distinct(names.filter((name) => name !== null));
}

function didOf({ calling }: RecordedChannel): string | null {
  return calling.find(({ did }) => did !== null)?.did ?? null;
}

function legOf(channel: RecordedChannel, { channelKinds }: RecordedGroup): Leg {
  const records = [...channel.calling, ...channel.called];
  return {
    channel: channel.name,
    uniqueid: channel.uniqueid ?? '',
    party: channel.parsed.endpoint,
    kind: channelKinds.get(channel.name)?.kind ?? 'other',
    from: asText(firstSeen(channel)),
    answered: asText(records.find(({ disposition }) => disposition === 'ANSWERED')?.answeredAt ?? null),
    to: asText(latest(firstSeen(channel), ...records.map(({ endedAt }) => endedAt))),
    holds: [],
  };
}

function whyOf(call: RecordedCall, group: RecordedGroup): Why {
  const { direction, party, first, talks, outcome, answeredAt } = call;
  const isInbound = direction === 'inbound';
  const said: Record<string, readonly [rule: string, inputs?: Record<string, unknown>]> = {
    ext_message_id: [call.idRule],
    direction: [directionRule(direction), { channel: party.name, context: party.calling[0]?.context ?? null }],
    outcome: [
      outcome.rule,
      { dispositions: [...party.calling, ...party.called].map(({ disposition }) => disposition) },
    ],
    handled_by_machine: [call.byMachine.rule, { channels: call.byMachine.channels }],
    external_name: ['recorded_name'],
    trunk: [group.channelKinds.get(party.name)?.rule ?? 'unknown', { channel: party.name }],
    did: [isInbound ? 'recorded_did' : 'not_inbound'],
    dialled: [isInbound ? 'not_outbound' : call.isPlacedByPbx ? 'placed_by_pbx' : 'recorded_destination'],
    rang: ['recorded_dial', { channels: call.rang.map(({ name }) => name) }],
    extensions: ['recorded_talks', { channels: talks.map(({ channel }) => channel) }],
    occurred_at: ['recorded_begin', { uniqueid: first.uniqueid }],
    answered_at: [talks.length === 0 ? 'nobody_answered' : answeredAt === null ? 'not_recorded' : 'recorded_answer'],
    ended_at: ['recorded_end', { channel: party.name }],
    ring_seconds: ['from_recorded_times'],
    duration_seconds: ['from_recorded_times'],
    incomplete: ['only_recorded', { reasons: unrecorded(call, group) }],
  };
  return Object.fromEntries(
    Object.entries(said).map(([column, [rule, inputs = {}]]) => [
      column,
      { rule, inputs: { source: 'cdr', ...inputs } },
    ]),
  );
}

function directionRule(direction: RecordedCall['direction']): string {
  return { inbound: 'recorded_trunk_called', outbound: 'recorded_trunk_was_dialled', internal: 'no_trunk' }[direction];
}

function distinct(parties: readonly string[]): string[] {
  return [...new Set(parties)];
}
