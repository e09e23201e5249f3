import { randomUUID } from 'node:crypto';
import type { Decision } from '../domain/acts/decision.ts';
import type { Author } from '../domain/events.ts';
import { matchByPerson } from '../domain/matching.ts';
import { CommslogError, hasCode } from '../errors.ts';
import type { WriteDeps } from './customers.ts';
import { type EntryState, findEntry, type Part, readEntryState, revisionOf } from './entryState.ts';
import { peopleFact, refusalError, untilVisible } from './peopleFacts.ts';
import { type Precondition, requireVersion } from './precondition.ts';

/** How often a decision is taken anew because somebody else was quicker. */
const MAX_TRIES = 3;

export type EntryChange = { readonly id: string; readonly onlyIf?: Precondition; readonly author: Author };

/** What is decided, and where it is said: in the entry's own stream, unless it takes back what another one says. */
export type EntryDecision = {
  readonly decision: Decision;
  readonly into?: Part | undefined;
  /** of the event, where a repeated request must find it */
  readonly eventId?: string | undefined;
};

/** What was appended, if anything; readers see it from `position` on. */
export type EntryTold = { readonly id: string; readonly position: bigint; readonly changed: boolean };

/**
 * Decides on an entry and appends what follows, if anything. An id that the entry had before leads to it.
 * Errors: what the decision refuses, `NOT_FOUND`, `PRECONDITION_FAILED`, `CONFLICT`, those of the log.
 */
export async function tellOfEntry(
  deps: WriteDeps,
  { id, onlyIf, author }: EntryChange,
  decide: (state: EntryState) => EntryDecision,
): Promise<EntryTold> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const state = await readEntryState(deps, id);
    requireVersion(onlyIf, state.version);
    const { decision, into = state.own, eventId = randomUUID() } = decide(state);
    if (decision.kind === 'refused') throw refusalError(decision);
    const facts = decision.events.map((event) => peopleFact(event, eventId, author, deps.clock.now()));
    if (facts.length === 0) return { id: state.entry.id, position: lastPosition(state), changed: false };
    try {
      const { position } = await deps.log.append(into.stream, facts, revisionOf(into) ?? 'no_stream');
      return { id: state.entry.id, position, changed: true };
    } catch (error) {
      if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
    }
  }
  throw new CommslogError('CONFLICT', 'Somebody else keeps changing it; try again.');
}

/** The same; returns the entry as readers see it then, or after two seconds as they will. */
export async function changeEntry(deps: WriteDeps, change: EntryChange, decide: (state: EntryState) => EntryDecision) {
  const { id, position } = await tellOfEntry(deps, change, decide);
  if (!(await untilVisible(deps.readModel, position))) return notYetProjected(deps, id);
  const { entry, customer, annotationRevision } = await findEntry(deps.readModel, id);
  return { version: { id: entry.id, revision: annotationRevision }, entry: { ...entry, customer } };
}

/** What the projection is going to say of an entry when it has come to what people said last. */
async function notYetProjected(deps: WriteDeps, id: string) {
  const state = await readEntryState(deps, id);
  const { assignment, notes, doneAt } = state.decided;
  const matched = assignment ? matchByPerson(assignment, state.entry.external_number) : {};
  const entry = { ...state.entry, ...state.call?.entry, ...matched, notes, done_at: doneAt };
  const isSame = entry.customer_id === state.entry.customer_id;
  const customer = isSame || entry.customer_id === null ? null : await deps.readModel.customer(entry.customer_id);
  return {
    version: state.version,
    entry: { ...entry, customer: isSame ? state.customer : customer && { id: customer.id, name: customer.name } },
  };
}

function lastPosition({ parts }: EntryState): bigint {
  return parts.reduce((last, { events }) => {
    const position = events.at(-1)?.position ?? 0n;
    return position > last ? position : last;
  }, 0n);
}
