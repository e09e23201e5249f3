/** A call → the row of the log, or the call in progress. */
import { entryId } from '../callId.ts';
import type { CallEntry, CurrentCall } from '../entry.ts';
import type { CallToLog } from './callsToLog.ts';
import { type Decisions, decide } from './decisions.ts';
import type { Group } from './group.ts';
import { legsOf, segmentsOf } from './legs.ts';
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
