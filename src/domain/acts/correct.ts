/** Correcting a call that was logged by hand, or taking it back. Its events and its fold: `manualCall.ts`. */
import type { z } from 'zod';
import type { Json } from '../events.ts';
import { type Micros, toRfc3339 } from '../time.ts';
import { type CustomerState, unknownCustomer } from './customer.ts';
import { accepted, type Decision, pastInstantOf, refused } from './decision.ts';
import type { correctionSchema, ManualCall } from './manualCall.ts';
import { type NoteTaker, takeBack } from './noteRemoval.ts';

/** What is to be otherwise; what is absent stays. */
export type Correction = z.infer<typeof correctionSchema>;

/** Corrects a call that was logged by hand. `customer` is the one that the correction names. */
export function correctCall(
  correction: Correction,
  {
    now,
    call,
    customer,
    by,
  }: {
    readonly now: Micros;
    readonly call: ManualCall | null;
    readonly customer: CustomerState;
    readonly by: NoteTaker;
  },
): Decision {
  if (call === null) return notLoggedByHand();
  const occurredAt =
    correction.occurred_at === undefined ? call.content.occurredAt : pastInstantOf(correction.occurred_at, now);
  if (typeof occurredAt !== 'number') return occurredAt;
  if (correction.customer_id !== undefined && customer.kind !== 'known') return unknownCustomer();
  const note = call.annotation.notes.find(({ id }) => id === call.noteId);
  const before: Readonly<Record<string, Json | undefined>> = {
    customer_id: call.annotation.assigned?.customer_id,
    direction: call.content.direction,
    duration_seconds: call.content.durationSeconds,
    notes: note?.text ?? '',
    occurred_at: toRfc3339(call.content.occurredAt),
  };
  const wanted = Object.entries({ ...correction, occurred_at: toRfc3339(occurredAt) });
  const changed = wanted.filter(([field, value]) => value !== undefined && value !== before[field]);
  if (changed.length === 0) return accepted();
  const taken = note && changed.some(([field]) => field === 'notes') ? takeBack(note, by) : {};
  if ('kind' in taken) return taken;
  return accepted({ type: 'CallCorrected', data: { ...Object.fromEntries(changed), ...taken } });
}

/** Takes back that a call was logged by hand, and with it all notes on it. */
export function voidCall(call: ManualCall | null, by: NoteTaker): Decision {
  if (call === null) return notLoggedByHand();
  const taken = call.annotation.notes.map((note) => takeBack(note, by));
  const refusal = taken.find((one) => 'kind' in one);
  if (refusal) return refusal;
  const others = taken.flatMap((one) => ('taken_back' in one && one.taken_back ? [one.taken_back] : []));
  return accepted({ type: 'CallVoided', data: others.length > 0 ? { taken_back: others } : {} });
}

function notLoggedByHand(): Decision {
  return refused('NOT_LOGGED_BY_HAND', '#', 'Only a call that was logged by hand can be corrected or void.');
}
