/** What is told of a call → the row of the log, or the call in progress. */
import { entryId } from '../callId.ts';
import type { Channel } from '../channels/channel.ts';
import type { HeardEntry, HeardInProgress } from './heardCall.ts';
import { hiding, withheldOf } from './hiding.ts';
import type { Span, Telling } from './telling.ts';
import { asText, secondsBetween } from './times.ts';
import { whyOf } from './why.ts';

export function rowOf(telling: Telling, incomplete: readonly string[]): HeardEntry {
  const { talks, outcome, byMachine, times } = telling.decisions;
  const duration = talks.length > 0 ? secondsBetween(times.answeredAt, times.talkedUntil) : 0;
  return {
    ...sharedColumns(telling),
    type: 'call',
    source: 'pbx',
    outcome: outcome.outcome,
    queues: [...telling.decisions.queues],
    handled_by_machine: byMachine.isSo,
    ended_at: asText(times.endedAt),
    ring_seconds: secondsBetween(times.ringsFrom, times.ringsUntil),
    duration_seconds: duration,
    body: duration === null ? 'Call duration: unknown' : `Call duration: ${duration}s`,
    segments: telling.segments.map((segment) => ({ ...segment, ...texts(segment) })),
    legs: telling.legs.map((leg) => ({
      ...leg,
      ...texts(leg),
      answered: asText(leg.answered),
      holds: leg.holds.map(texts),
    })),
    course: telling.course.map((stretch) => ({ ...stretch, ...texts(stretch) })),
    incomplete: [...incomplete],
    why: whyOf(telling, incomplete),
  };
}

export function callInProgressOf(telling: Telling): HeardInProgress {
  const { conversations, party } = telling.call;
  const isTalking = conversations.some(({ to, uniqueid }) => to === null && uniqueid !== null);
  const columns = sharedColumns(telling);
  const shown = isShownYet(telling) ? columns : withoutCaller(columns, party);
  return { ...shown, state: isTalking ? 'talking' : party.isUp ? 'in_pbx' : 'ringing' };
}

/** Whether a caller wants to be shown comes right after the Newchannel, which says who it is. */
function isShownYet({ call: { party, direction }, group: { rules } }: Telling): boolean {
  return direction !== 'inbound' || rules.show_withheld || party.opening === null || party.wasHeardAgain;
}

function withoutCaller<Columns extends ReturnType<typeof sharedColumns>>(columns: Columns, caller: Channel): Columns {
  const hide = hiding([caller]);
  const trunk = columns.trunk && hide(columns.trunk);
  return { ...columns, outside: columns.outside && withheldOf(columns.outside), external_name: null, trunk };
}

function sharedColumns({ call: { id, direction }, group: { pbx }, decisions }: Telling) {
  return {
    id: entryId(pbx, id),
    pbx,
    ext_message_id: id,
    direction,
    outside: decisions.outside,
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

function texts({ from, to }: Span) {
  return { from: asText(from), to: asText(to) };
}
