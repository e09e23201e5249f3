import { assignCall } from '../domain/acts/assign.ts';
import { customerState, nameCaller } from '../domain/acts/customer.ts';
import { refused } from '../domain/acts/decision.ts';
import { streamOf } from '../domain/events.ts';
import { changeEntry, type EntryChange } from './changeEntry.ts';
import { changeCustomer, type WriteDeps } from './customers.ts';
import { readEntryState } from './entryState.ts';
import { lastEvent, refusalError } from './peopleFacts.ts';
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
export async function assignEntry(deps: WriteDeps, change: EntryChange, assignee: Assignee) {
  const { customerId, name, withNumber } = assignee;
  if (name !== null || withNumber) {
    const { entry, version } = await readEntryState(deps, change.id);
    requireVersion(change.onlyIf, version);
    const number = withNumber ? (entry.external_number ?? entry.external_number_raw) : null;
    if (withNumber && name === null && number === null) {
      throw refusalError(refused('NO_NUMBER', '#/remember_number', 'this call has shown no number'));
    }
    await changeCustomer(deps, { id: customerId, onlyIf: undefined, author: change.author }, (state) =>
      nameCaller({ name, number }, state),
    );
  }
  const customer = customerState(await lastEvent(deps.log, streamOf.customer(customerId)));
  return changeEntry(deps, change, ({ decided }) => ({ decision: assignCall(customerId, { decided, customer }) }));
}
