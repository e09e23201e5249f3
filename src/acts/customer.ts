import {
  type CustomerState,
  customerState,
  putCustomer as decideToPut,
  removeCustomer as decideToRemove,
} from '../domain/acts/customer.ts';
import type { Decision } from '../domain/acts/decision.ts';
import { type Author, type CustomerData, type JsonObject, streamOf } from '../domain/events.ts';
import { CommslogError, hasCode } from '../errors.ts';
import { endOf } from '../log/streamEnds.ts';
import { transact } from '../log/transact.ts';
import { type ActDeps, untilVisible } from './deps.ts';
import { peopleFactsOf } from './peopleFacts.ts';
import { type Precondition, requireVersion, type Version } from './precondition.ts';

/** Which customer, if it is at a version that may be changed, who says so, and in which import. */
export type CustomerChange = {
  readonly id: string;
  readonly onlyIf?: Precondition;
  readonly author: Author;
  readonly importId?: string;
};

export type WrittenCustomer = {
  /** `unchanged`: it was so already, and nothing was written */
  readonly result: 'registered' | 'changed' | 'unchanged';
  readonly position: bigint;
  readonly version: Version;
  readonly data: JsonObject;
};

/** Registers a customer, or makes it what is wanted; returns when readers see it, or after two seconds. */
export function putCustomer(deps: ActDeps, change: CustomerChange, wanted: CustomerData): Promise<WrittenCustomer> {
  return changeCustomer(deps, change, (state) => decideToPut(wanted, state));
}

/** Removes a customer: it keeps the calls that it had. */
export async function removeCustomer(deps: ActDeps, change: CustomerChange): Promise<void> {
  await changeCustomer(deps, change, decideToRemove);
}

/** As `tellOfCustomer`; returns when readers see it, or after two seconds. */
export async function changeCustomer(
  deps: ActDeps,
  change: CustomerChange,
  decide: (state: CustomerState) => Decision,
): Promise<WrittenCustomer> {
  const written = await tellOfCustomer(deps, change, decide);
  await untilVisible(deps, written.position);
  return written;
}

/**
 * Decides on a customer and appends what follows, if anything.
 * Errors: what the decision refuses, `CUSTOMER_ERASED`, `PRECONDITION_FAILED`, `CONFLICT`, those of the log.
 */
export async function tellOfCustomer(
  { log, clock }: Pick<ActDeps, 'log' | 'clock'>,
  { id, onlyIf, author, importId }: CustomerChange,
  decide: (state: CustomerState) => Decision,
): Promise<WrittenCustomer> {
  const { to, state, events, revision, position } = await transact(
    log,
    () => endOf(log, streamOf.customer(id)),
    (to) => {
      const state = customerState(to.last);
      requireVersion(onlyIf, to.last && state.kind === 'known' ? { id, revision: to.last.revision } : null);
      return { to, state, events: peopleFactsOf(decide(state), { author, importId, now: clock.now() }) };
    },
  ).catch((error: unknown) => {
    throw hasCode(error, 'STREAM_DELETED') ? erased(error) : error;
  });
  const [fact] = events;
  const result = fact === undefined ? 'unchanged' : state.kind === 'known' ? 'changed' : 'registered';
  return { result, position, version: { id, revision }, data: fact?.data ?? to.last?.data ?? {} };
}

function erased(cause: unknown): CommslogError {
  const detail = 'this customer was erased; its id cannot be used again';
  return new CommslogError('CUSTOMER_ERASED', 'This customer was erased; its id cannot be used again.', {
    cause,
    fields: [{ pointer: '#/id', detail }],
  });
}
