/** What people ask for of customers, decided: state and command in, events or a refusal out. */
import { type CustomerData, customerSchema, type JsonObject, MAX_NUMBERS } from '../events.ts';
import { dataOf } from '../recorded.ts';
import { accepted, type Decision, type Refusal, refused } from './decision.ts';
import { canonicalPeriod, periodProblem } from './period.ts';

// ── state ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type CustomerState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'known'; readonly customer: CustomerData }
  | { readonly kind: 'removed' };

/** Every event of `customer-<id>` tells the whole customer, so the last one is the state. Throws `POISON_EVENT`. */
export function customerState(last: { readonly type: string; readonly data: JsonObject } | undefined): CustomerState {
  if (!last) return { kind: 'unknown' };
  if (last.type === 'CustomerRemoved') return { kind: 'removed' };
  return { kind: 'known', customer: dataOf(last, customerSchema) };
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Registers a customer, or makes it what the command says. */
export function putCustomer(wanted: CustomerData, state: CustomerState): Decision {
  const problem = periodProblem('numbers', wanted.numbers);
  if (problem) return problem;
  const data = canonical(wanted);
  if (state.kind !== 'known') return accepted({ type: 'CustomerRegistered', data });
  const unchanged = JSON.stringify(canonical(state.customer)) === JSON.stringify(data);
  return unchanged ? accepted() : accepted({ type: 'CustomerChanged', data });
}

/** The name and number that a customer gets from a call; `name` null: the customer must be known. */
export type FromCall = { readonly name: string | null; readonly number: string | null };

/**
 * Registers a customer with the number that a call has shown, or gives a known one the number. So calls of this number,
 * also past ones that nobody held, become its own.
 */
export function nameCaller({ name, number }: FromCall, state: CustomerState): Decision {
  if (state.kind !== 'known') {
    if (name === null) return unknownCustomer();
    return putCustomer({ name, numbers: number === null ? [] : [{ number }] }, state);
  }
  const { customer } = state;
  if (name !== null && name !== customer.name) {
    return refused(
      'CUSTOMER_EXISTS',
      '#/customer/id',
      'This customer is registered with another name; assign by its id.',
    );
  }
  if (number === null || customer.numbers.some((one) => one.number === number)) return accepted();
  if (customer.numbers.length >= MAX_NUMBERS) {
    return refused('TOO_MANY_NUMBERS', '#', `A customer has at most ${MAX_NUMBERS} numbers.`);
  }
  return putCustomer({ ...customer, numbers: [...customer.numbers, { number }] }, state);
}

/** Removes a customer: it keeps the calls that it had. */
export function removeCustomer(state: CustomerState): Decision {
  if (state.kind === 'known') return accepted({ type: 'CustomerRemoved', data: {} });
  return refused('NO_SUCH_CUSTOMER', '#', 'no such customer');
}

/** The customer whom a request names is none. */
export function unknownCustomer(): Refusal {
  return refused('UNKNOWN_CUSTOMER', '#/customer_id', 'no such customer');
}

/** One way to write the same customer: keys in order, times in UTC, nothing that is absent. */
function canonical(customer: CustomerData): JsonObject {
  return {
    name: customer.name,
    numbers: customer.numbers.map(({ number, label, from, to }) => ({
      number,
      ...(label === undefined ? {} : { label }),
      ...canonicalPeriod({ from, to }),
    })),
  };
}
