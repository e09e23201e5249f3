/** Whose a call is, as a person says: this wins over every rule. */
import { z } from 'zod';
import { customerIdSchema, type RecordedEvent } from '../events.ts';
import type { Assignment } from '../matching.ts';
import { dataOf } from '../recorded.ts';
import { type CustomerState, unknownCustomer } from './customer.ts';
import { accepted, type Decision } from './decision.ts';
import { type Said, saidBy } from './said.ts';

// ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

export const callAssignedSchema = z.object({ customer_id: customerIdSchema });

// ── fold ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** To whom the call was assigned last; `customer_id` null: a person said that it is nobody's; null: nothing was said. */
export type Assigned = (Said & { readonly customer_id: string | null }) | null;

export function evolveAssigned(assigned: Assigned, event: RecordedEvent): Assigned {
  switch (event.type) {
    case 'CallAssigned':
      return assignedBy(event, dataOf(event, callAssignedSchema).customer_id);
    case 'CallUnassigned':
      return assignedBy(event, null);
    default:
      return assigned;
  }
}

export function assignedBy(event: RecordedEvent, customerId: string | null): Assigned {
  return { customer_id: customerId, ...saidBy(event) };
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

/** What people decided about the call so far; `assignment` null: nothing. */
type Before = { readonly assignment: Assignment | null };

/** Assigns the call to a customer. */
export function assignCall(customerId: string, state: { decided: Before; customer: CustomerState }): Decision {
  if (state.customer.kind !== 'known') return unknownCustomer();
  if (state.decided.assignment?.customerId === customerId) return accepted();
  return accepted({ type: 'CallAssigned', data: { customer_id: customerId } });
}

/** Says that the call is nobody's. */
export function unassignCall({ assignment }: Before): Decision {
  return assignment?.customerId === null ? accepted() : accepted({ type: 'CallUnassigned', data: {} });
}
