/** Logging a call by hand. What stands in the log of it, and its fold: `manualCall.ts`. */
import { type Micros, toRfc3339 } from '../time.ts';
import { type CustomerState, unknownCustomer } from './customer.ts';
import { accepted, type Decision, pastInstantOf, refused } from './decision.ts';

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
