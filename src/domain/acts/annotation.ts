/** What people said about an entry (design §4): the fold of one `annotation-<id>`, and of several streams together. */
import type { Note } from '../entry.ts';
import type { RecordedEvent } from '../events.ts';
import type { Assignment } from '../matching.ts';
import { type Assigned, evolveAssigned } from './assign.ts';
import { evolveMarked, type Marked } from './mark.ts';
import { evolveMerged, type Merged } from './merge.ts';
import { evolveNotes, type Notes } from './note.ts';
import { lastSaid } from './said.ts';

/** What one stream says; JSON all through. */
export type Annotation = {
  readonly assigned: Assigned;
  readonly marked: Marked;
  readonly notes: Notes;
  readonly merged: Merged;
};

export const NOTHING_SAID: Annotation = { assigned: null, marked: null, notes: [], merged: [] };

/** The annotation after one more event of its stream; other events change nothing. Throws `POISON_EVENT`. */
export function evolveAnnotation(before: Annotation, event: RecordedEvent): Annotation {
  const assigned = evolveAssigned(before.assigned, event);
  const marked = evolveMarked(before.marked, event);
  const notes = evolveNotes(before.notes, event);
  const merged = evolveMerged(before.merged, event);
  const isSame =
    assigned === before.assigned && marked === before.marked && notes === before.notes && merged === before.merged;
  return isSame ? before : { assigned, marked, notes, merged };
}

/** What all streams of an entry say together. `assignment` null: nobody decided. */
export type Decided = {
  readonly assignment: Assignment | null;
  readonly doneAt: string | null;
  readonly notes: readonly Note[];
};

/** Every note is kept; of what the streams say of customer and work list, what was recorded last counts. */
export function decidedIn(annotations: readonly Annotation[]): Decided {
  const assigned = lastSaid(annotations.map((annotation) => annotation.assigned));
  const marked = lastSaid(annotations.map((annotation) => annotation.marked));
  return {
    assignment: assigned && { customerId: assigned.customer_id },
    doneAt: marked?.done ? marked.at : null,
    notes: annotations.flatMap(({ notes }) => notes).sort(byTime),
  };
}

function byTime(a: Note, b: Note): number {
  return a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1;
}
