/** What people ask for of calls that they log by hand, decided: state and command in, events or a refusal out. */
import type { z } from 'zod';
import type { callCorrectedSchema, Json } from '../events.ts';
import { type Micros, toRfc3339 } from '../time.ts';
import type { CustomerState } from './customer.ts';
import { accepted, type Decision, pastInstantOf, refused } from './decision.ts';
import type { ManualCall } from './manualCall.ts';

export type LogCall = {
  readonly customerId: string;
  readonly direction: 'inbound' | 'outbound';
  readonly durationSeconds: number;
  readonly notes: string;
  /** RFC 3339; null: now */
  readonly occurredAt: string | null;
  readonly now: Micros;
  /** hash of the request, where it came with an Idempotency-Key */
  readonly requestHash: string | null;
};

/** Logs a call by hand. `logged` is what the same Idempotency-Key has logged before. */
export function logCall(
  command: LogCall,
  state: { readonly customer: CustomerState; readonly logged: { readonly requestHash: string | null } | null },
): Decision {
  if (state.logged) {
    if (state.logged.requestHash === command.requestHash) return accepted();
    return refused('KEY_REUSED', '#', 'this Idempotency-Key came with another request before');
  }
  const occurredAt = command.occurredAt === null ? command.now : pastInstantOf(command.occurredAt, command.now);
  if (typeof occurredAt !== 'number') return occurredAt;
  if (state.customer.kind !== 'known') return unknownCustomer();
  return accepted({
    type: 'CallLogged',
    data: {
      customer_id: command.customerId,
      direction: command.direction,
      duration_seconds: command.durationSeconds,
      notes: command.notes,
      occurred_at: toRfc3339(occurredAt),
      request_hash: command.requestHash,
    },
  });
}

/** What is to be otherwise; what is absent stays. */
export type Correction = z.infer<typeof callCorrectedSchema>;

/** Corrects a call that was logged by hand. `customer` is the one that the correction names. */
export function correctCall(
  correction: Correction,
  { now, call, customer }: { readonly now: Micros; readonly call: ManualCall | null; readonly customer: CustomerState },
): Decision {
  if (call === null) return notLoggedByHand();
  const occurredAt =
    correction.occurred_at === undefined ? call.content.occurredAt : pastInstantOf(correction.occurred_at, now);
  if (typeof occurredAt !== 'number') return occurredAt;
  if (correction.customer_id !== undefined && customer.kind !== 'known') return unknownCustomer();
  const before: Readonly<Record<string, Json | undefined>> = {
    customer_id: call.annotation.assigned?.customer_id,
    direction: call.content.direction,
    duration_seconds: call.content.durationSeconds,
    notes: call.annotation.notes.find(({ id }) => id === call.noteId)?.text ?? '',
    occurred_at: toRfc3339(call.content.occurredAt),
  };
  const wanted = Object.entries({ ...correction, occurred_at: toRfc3339(occurredAt) });
  const changed = wanted.filter(([field, value]) => value !== undefined && value !== before[field]);
  return changed.length === 0 ? accepted() : accepted({ type: 'CallCorrected', data: Object.fromEntries(changed) });
}

/** Takes back that a call was logged by hand. */
export function voidCall(call: ManualCall | null): Decision {
  return call === null ? notLoggedByHand() : accepted({ type: 'CallVoided', data: {} });
}

function unknownCustomer(): Decision {
  return refused('UNKNOWN_CUSTOMER', '#/customer_id', 'no such customer');
}

function notLoggedByHand(): Decision {
  return refused('NOT_LOGGED_BY_HAND', '#', 'Only a call that was logged by hand can be corrected or void.');
}
