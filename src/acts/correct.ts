import { type Correction, correctCall, voidCall } from '../domain/acts/correct.ts';
import { customerState } from '../domain/acts/customer.ts';
import { streamOf } from '../domain/events.ts';
import { settingsInForce } from '../log/settings.ts';
import { lastEvent } from '../log/streamEnds.ts';
import { type ChangedEntry, changeEntry, type EntryChange, tellOfEntry } from './changeEntry.ts';
import { type ActDeps, untilVisible } from './deps.ts';

/** Corrects a call that was logged by hand. */
export async function correctEntry(deps: ActDeps, change: EntryChange, correction: Correction): Promise<ChangedEntry> {
  const { customer_id: id } = correction;
  const customer = customerState(id === undefined ? undefined : await lastEvent(deps.log, streamOf.customer(id)));
  const { note_removal: rule } = await settingsInForce(deps.log);
  const { actor } = change.author;
  return changeEntry(deps, change, ({ call, own: { events } }) => ({
    decision: correctCall(correction, { now: deps.clock.now(), call, customer, by: { actor, rule, events } }),
  }));
}

/** Takes back that it was logged; returns when readers see it no more, or after two seconds. */
export async function voidEntry(deps: ActDeps, change: EntryChange): Promise<void> {
  const { note_removal: rule } = await settingsInForce(deps.log);
  const { actor } = change.author;
  const { position } = await tellOfEntry(deps, change, ({ call, own: { events } }) => ({
    decision: voidCall(call, { actor, rule, events }),
  }));
  await untilVisible(deps, position);
}
