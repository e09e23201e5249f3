/** A call → the row of the log, or the call in progress. */
import { entryId } from '../callId.ts';
import type { CallEntry, CurrentCall, Leg, Segment } from '../entry.ts';
import type { CallToLog } from './callsToLog.ts';
import { type Channel, endpointOf } from './channel.ts';
import type { Conversation } from './conversations.ts';
import { type Decisions, decide } from './decisions.ts';
import { type Group, kindIn } from './group.ts';
import type { Ending } from './liveness.ts';
import { asText } from './times.ts';
import { whyOf } from './why.ts';

/** A call in progress, before it is known whose it is. */
export type CallInProgress = Omit<CurrentCall, 'customer_id' | 'match'>;

export type RowContext = {
  readonly group: Group;
  readonly endings: ReadonlyMap<string, Ending>;
  readonly incomplete: readonly string[];
  readonly derivation: string;
};

export function rowOf(call: CallToLog, { group, endings, incomplete, derivation }: RowContext): CallEntry {
  const decisions = decide(call, group, endings);
  const { talks, outcome, times } = decisions;
  const duration = times.durationSeconds;
  return {
    ...sharedColumns(call, group, decisions),
    type: 'call',
    source: 'pbx',
    outcome: outcome.outcome,
    ended_at: asText(times.endedAt),
    ring_seconds: times.ringSeconds,
    duration_seconds: duration,
    body: duration === null ? 'Call duration: unknown' : `Call duration: ${duration}s`,
    segments: segmentsOf(talks, endings),
    legs: legsOf(call.members, group, endings),
    incomplete: [...incomplete],
    why: whyOf(call, group, decisions, incomplete),
    derivation,
  };
}

export function callInProgressOf(call: CallToLog, { group, endings }: RowContext): CallInProgress {
  const isTalking = call.conversations.some(({ to, uniqueid }) => to === null && uniqueid !== null);
  return {
    ...sharedColumns(call, group, decide(call, group, endings)),
    state: isTalking ? 'talking' : call.party.isUp ? 'in_pbx' : 'ringing',
  };
}

type SharedColumns = Omit<CallInProgress, 'state'>;

function sharedColumns({ id, direction }: CallToLog, { pbx }: Group, decisions: Decisions): SharedColumns {
  return {
    id: entryId(pbx, id),
    pbx,
    ext_message_id: id,
    direction,
    external_number: decisions.externalNumber,
    external_number_raw: decisions.number?.raw ?? null,
    external_name: decisions.externalName,
    did: decisions.did,
    dialled: decisions.dialled,
    trunk: decisions.trunk,
    extensions: [...decisions.extensions],
    rang: [...decisions.rang],
    occurred_at: asText(decisions.times.occurredAt),
    answered_at: asText(decisions.times.answeredAt),
  };
}

/** A Local channel that removes itself from between two people parts them for less than this. */
const BLINK = 1_000_000;

function legsOf(members: readonly Channel[], group: Group, endings: ReadonlyMap<string, Ending>): Leg[] {
  return members.map((channel) => ({
    channel: channel.name ?? '',
    uniqueid: channel.uniqueid,
    party: endpointOf(channel),
    kind: kindIn(group, channel.uniqueid),
    from: asText(channel.opening?.at ?? null),
    answered: asText(channel.upAt),
    to: asText(endings.get(channel.uniqueid)?.at ?? null),
    holds: channel.holds.map(({ from, to }) => ({ from: asText(from), to: asText(to) })),
  }));
}

/** Who spoke with the outside party, from when to when. */
function segmentsOf(talks: readonly Conversation[], endings: ReadonlyMap<string, Ending>): Segment[] {
  const joined: Conversation[] = [];
  for (const talk of talks) {
    const before = joined.findLast(({ channel }) => channel === talk.channel);
    const isBlink = before?.to != null && talk.from !== null && talk.from - before.to <= BLINK;
    if (before && isBlink) joined[joined.indexOf(before)] = { ...before, to: talk.to };
    else joined.push(talk);
  }
  return joined.map(({ party, channel, uniqueid, from, to }) => ({
    party,
    channel,
    from: asText(from),
    to: asText(to ?? endings.get(uniqueid ?? '')?.at ?? null),
  }));
}
