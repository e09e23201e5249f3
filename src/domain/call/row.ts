/** A part of a group → the row of the log, or the call in progress. */
import { entryId } from '../callId.ts';
import type { CallEntry, CurrentCall } from '../entry.ts';
import { type Decisions, decide } from './decisions.ts';
import type { Group } from './group.ts';
import { legsOf, segmentsOf } from './legs.ts';
import type { Ending } from './liveness.ts';
import type { Part } from './parts.ts';
import { asText } from './times.ts';
import { whyOf } from './why.ts';

/** A call in progress, before it is known whose it is. */
export type OpenCall = Omit<CurrentCall, 'customer_id' | 'match'>;

export type RowContext = {
  readonly group: Group;
  readonly endings: ReadonlyMap<string, Ending>;
  readonly incomplete: readonly string[];
  readonly derivation: string;
};

export function rowOf(part: Part, { group, endings, incomplete, derivation }: RowContext): CallEntry {
  const decisions = decide(part, group, endings);
  const { talks, outcome, times } = decisions;
  const duration = times.durationSeconds;
  return {
    ...sharedColumns(part, group, decisions),
    type: 'call',
    source: 'pbx',
    outcome: outcome.outcome,
    ended_at: asText(times.endedAt),
    ring_seconds: times.ringSeconds,
    duration_seconds: duration,
    body: duration === null ? 'Call duration: unknown' : `Call duration: ${duration}s`,
    segments: segmentsOf(talks, endings),
    legs: legsOf(part.members, group, endings),
    incomplete: [...incomplete],
    why: whyOf(part, group, decisions, incomplete),
    derivation,
  };
}

export function openCallOf(part: Part, { group, endings }: RowContext): OpenCall {
  const isTalking = part.conversations.some(({ to, uniqueid }) => to === null && uniqueid !== null);
  return {
    ...sharedColumns(part, group, decide(part, group, endings)),
    state: isTalking ? 'talking' : part.party.isUp ? 'in_pbx' : 'ringing',
  };
}

type SharedColumns = Omit<OpenCall, 'state'>;

function sharedColumns({ id, direction }: Part, { pbx }: Group, decisions: Decisions): SharedColumns {
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
