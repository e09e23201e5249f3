/** What people ask for, decided (design §10): state and command in, events or a refusal out. */
import { type CustomerData, customerSchema, type JsonObject } from './events.ts';
import { fromRfc3339, type Micros, toRfc3339 } from './time.ts';

// ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type PeopleEvent = {
  readonly type: 'CallLogged' | 'CustomerRegistered' | 'CustomerChanged' | 'CustomerRemoved';
  readonly data: JsonObject;
};

export type Refusal = {
  readonly kind: 'refused';
  readonly code: 'UNKNOWN_CUSTOMER' | 'NO_SUCH_CUSTOMER' | 'TIME_OUT_OF_RANGE' | 'KEY_REUSED';
  /** JSON pointer to the field of the command that is in the way */
  readonly pointer: string;
  readonly detail: string;
};

/** No events: what was asked for is so already. */
export type Decision = { readonly kind: 'accepted'; readonly events: readonly PeopleEvent[] } | Refusal;

// ── state ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type CustomerState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'known'; readonly customer: CustomerData }
  | { readonly kind: 'removed' };

/** Every event of `customer-<id>` tells the whole customer, so the last one is the state. */
export function customerState(last: { readonly type: string; readonly data: JsonObject } | undefined): CustomerState {
  if (!last) return { kind: 'unknown' };
  if (last.type === 'CustomerRemoved') return { kind: 'removed' };
  return { kind: 'known', customer: customerSchema.parse(last.data) };
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

const MAX_AHEAD_MS = 5 * 60_000;
/** Times of people lie between these two: what is outside is a typing error, and some of it no database can store. */
const EARLIEST = Date.UTC(1970, 0) * 1000;
const LATEST = Date.UTC(2200, 0) * 1000;

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
  const occurredAt = command.occurredAt === null ? command.now : instantOf(command.occurredAt);
  if (occurredAt === null) return refused('TIME_OUT_OF_RANGE', '#/occurred_at', 'a time between 1970 and 2200');
  if (occurredAt > command.now + MAX_AHEAD_MS * 1000) {
    return refused('TIME_OUT_OF_RANGE', '#/occurred_at', 'at most 5 minutes ahead');
  }
  if (state.customer.kind !== 'known') return refused('UNKNOWN_CUSTOMER', '#/customer_id', 'no such customer');
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

/** Registers a customer, or makes it what the command says. */
export function putCustomer(wanted: CustomerData, state: CustomerState): Decision {
  const problem = firstTimeProblem(wanted);
  if (problem) return problem;
  const data = canonical(wanted);
  if (state.kind !== 'known') return accepted({ type: 'CustomerRegistered', data });
  const unchanged = JSON.stringify(canonical(state.customer)) === JSON.stringify(data);
  return unchanged ? accepted() : accepted({ type: 'CustomerChanged', data });
}

/** Removes a customer: it keeps the calls that it had. */
export function removeCustomer(state: CustomerState): Decision {
  if (state.kind === 'known') return accepted({ type: 'CustomerRemoved', data: {} });
  return refused('NO_SUCH_CUSTOMER', '#', 'no such customer');
}

function firstTimeProblem(customer: CustomerData): Refusal | null {
  for (const [index, { from, to }] of customer.numbers.entries()) {
    for (const [field, value] of Object.entries({ from, to })) {
      if (value !== undefined && instantOf(value) === null) {
        return refused('TIME_OUT_OF_RANGE', `#/numbers/${index}/${field}`, 'a time between 1970 and 2200');
      }
    }
    if (from !== undefined && to !== undefined && Number(instantOf(from)) >= Number(instantOf(to))) {
      return refused('TIME_OUT_OF_RANGE', `#/numbers/${index}/to`, 'later than `from`');
    }
  }
  return null;
}

/** One way to write the same customer: keys in order, times in UTC, nothing that is absent. */
function canonical(customer: CustomerData): JsonObject {
  return {
    name: customer.name,
    numbers: customer.numbers.map(({ number, label, from, to }) => ({
      number,
      ...(label === undefined ? {} : { label }),
      ...(from === undefined ? {} : { from: inUtc(from) }),
      ...(to === undefined ? {} : { to: inUtc(to) }),
    })),
  };
}

function inUtc(time: string): string {
  const instant = instantOf(time);
  return instant === null ? time : toRfc3339(instant);
}

function instantOf(text: string): Micros | null {
  const instant = fromRfc3339(text);
  return instant === null || instant < EARLIEST || instant >= LATEST ? null : instant;
}

function accepted(...events: PeopleEvent[]): Decision {
  return { kind: 'accepted', events };
}

function refused(code: Refusal['code'], pointer: string, detail: string): Refusal {
  return { kind: 'refused', code, pointer, detail };
}
