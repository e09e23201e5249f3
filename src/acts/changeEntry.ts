import type { Decision } from '../domain/acts/decision.ts';
import type { Author } from '../domain/events.ts';
import { matchByPerson } from '../domain/matching.ts';
import { transact } from '../log/transact.ts';
import type { WholeComms } from '../ports/readModel.ts';
import { type ActDeps, untilVisible } from './deps.ts';
import { type AnnotatedStream, type EntryState, type FoundEntry, findEntry, readEntryState } from './entry.ts';
import { peopleFactsOf } from './peopleFacts.ts';
import { type Precondition, requireVersion, type Version } from './precondition.ts';

/** Which entry, if it is at a version that may be changed, and who says so. */
export type EntryChange = { readonly id: string; readonly onlyIf?: Precondition; readonly author: Author };

/** What is decided, and where it is said: in the entry's own stream, unless it takes back what another one says. */
export type EntryDecision = {
  readonly decision: Decision;
  readonly to?: AnnotatedStream | undefined;
  /** of the event, where a repeated request must find it */
  readonly eventId?: string | undefined;
};

/** What was appended, if anything; readers see it from `position` on. */
export type EntryTold = { readonly id: string; readonly position: bigint; readonly changed: boolean };

/** An entry after an act, and its version. */
export type ChangedEntry = { readonly version: Version; readonly entry: WholeComms };

/**
 * Decides on an entry and appends what follows, if anything. An id that the entry had before leads to it.
 * Errors: what the decision refuses, `NOT_FOUND`, `PRECONDITION_FAILED`, `CONFLICT`, those of the log.
 */
export async function tellOfEntry(
  deps: ActDeps,
  { id, onlyIf, author }: EntryChange,
  decide: (state: EntryState) => EntryDecision,
): Promise<EntryTold> {
  const { state, events, position } = await transact(
    deps.log,
    () => readEntryState(deps, id),
    (state) => {
      requireVersion(onlyIf, state.version);
      const { decision, to = state.own, eventId } = decide(state);
      return { state, to, events: peopleFactsOf(decision, { author, now: deps.clock.now(), eventId }) };
    },
  );
  const changed = events.length > 0;
  return { id: state.entry.id, changed, position: changed ? position : lastPosition(state) };
}

/** The same; returns the entry as readers see it then, or after two seconds as they will. */
export async function changeEntry(
  deps: ActDeps,
  change: EntryChange,
  decide: (state: EntryState) => EntryDecision,
): Promise<ChangedEntry> {
  const { id, position } = await tellOfEntry(deps, change, decide);
  if (!(await untilVisible(deps, position))) return notYetProjected(deps, id);
  return asRead(await findEntry(deps.readModel, id));
}

/** An entry as readers see it now. */
export function asRead({ entry, annotationRevision }: FoundEntry): ChangedEntry {
  return { version: { id: entry.id, revision: annotationRevision }, entry };
}

/** What the projection is going to say of an entry when it has come to what people said last. */
async function notYetProjected(deps: ActDeps, id: string): Promise<ChangedEntry> {
  const { entry: before, call, decided, version } = await readEntryState(deps, id);
  const { assignment, notes, doneAt } = decided;
  const matched = assignment ? matchByPerson(assignment, before.external_number) : {};
  const entry = { ...before, ...call?.entry, ...matched, notes: [...notes], done_at: doneAt };
  if (entry.customer_id === before.customer_id) return { version, entry };
  const other = entry.customer_id === null ? null : await deps.readModel.customer(entry.customer_id);
  return { version, entry: { ...entry, customer: other && { id: other.id, name: other.name } } };
}

function lastPosition({ streams }: EntryState): bigint {
  return streams.reduce((highest, { last }) => (last && last.position > highest ? last.position : highest), 0n);
}
