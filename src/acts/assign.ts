import { assignCall, unassignCall } from '../domain/acts/assign.ts';
import { customerState, nameCaller } from '../domain/acts/customer.ts';
import { refused } from '../domain/acts/decision.ts';
import { streamOf } from '../domain/events.ts';
import { lastEvent } from '../log/streamEnds.ts';
import { type ChangedEntry, changeEntry, type EntryChange } from './changeEntry.ts';
import { changeCustomer } from './customer.ts';
import type { ActDeps } from './deps.ts';
import { readEntryState } from './entry.ts';
import { requireVersion } from './precondition.ts';

/** To whom a call is assigned. */
export type Assignee = {
  readonly customerId: string;
  /** of a customer that is registered with it; null: it is known already */
  readonly name: string | null;
  /** the call's number becomes the customer's, so that other calls of it do too */
  readonly withNumber: boolean;
};

/**
 * Assigns a call. The customer is written first: when only that has come about, the same request again does the rest.
 * Errors: what the decisions refuse, and those of `changeCustomer` and `changeEntry`.
 */
export async function assignEntry(deps: ActDeps, change: EntryChange, assignee: Assignee): Promise<ChangedEntry> {
  const { customerId, name, withNumber } = assignee;
  if (name !== null || withNumber) await nameCallerOf(deps, change, assignee);
  const customer = customerState(await lastEvent(deps.log, streamOf.customer(customerId)));
  return changeEntry(deps, change, ({ decided }) => ({ decision: assignCall(customerId, { decided, customer }) }));
}

/** Says that a call is nobody's. */
export function unassignEntry(deps: ActDeps, change: EntryChange): Promise<ChangedEntry> {
  return changeEntry(deps, change, ({ decided }) => ({ decision: unassignCall(decided) }));
}

/** Gives the customer the name that the person says, and the number that the call has shown. */
async function nameCallerOf(deps: ActDeps, change: EntryChange, { customerId, name, withNumber }: Assignee) {
  const { entry, version } = await readEntryState(deps, change.id);
  requireVersion(change.onlyIf, version);
  const number = withNumber ? (entry.external_number ?? entry.external_number_raw) : null;
  await changeCustomer(deps, { id: customerId, author: change.author }, (state) =>
    withNumber && name === null && number === null
      ? refused('NO_NUMBER', '#/remember_number', 'this call has shown no number')
      : nameCaller({ name, number }, state),
  );
}
