/** What people said about an entry (design §4): the fold of one `annotation-<id>`, and of several streams together. */
import type { Note } from '../entry.ts';
import {
  callAssignedSchema,
  manualCallMergedSchema,
  manualCallSplitSchema,
  noteAddedSchema,
  noteRemovedSchema,
  peopleMetadataSchema,
  type RecordedEvent,
} from '../events.ts';
import type { Assignment } from '../matching.ts';
import { dataOf, metadataOf, recordedAt } from '../recorded.ts';
import { toRfc3339 } from '../time.ts';

// ── state ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** When it was recorded (RFC 3339 in UTC), and where it stands in the log (digits). */
export type Said = { readonly at: string; readonly position: string };

/** What one stream says; JSON all through. */
export type Annotation = {
  /** to whom the call was assigned last; null: a person said that it is nobody's */
  readonly assigned: (Said & { readonly customer_id: string | null }) | null;
  /** what the work list was told last */
  readonly marked: (Said & { readonly done: boolean }) | null;
  readonly notes: readonly Note[];
  /** calls logged by hand that are the same call, by the uuids of their streams */
  readonly merged: readonly (Said & { readonly manual: string })[];
};

export const NOTHING_SAID: Annotation = { assigned: null, marked: null, notes: [], merged: [] };

/** What all streams of an entry say together. `assignment` null: nobody decided. */
export type Decided = {
  readonly assignment: Assignment | null;
  readonly doneAt: string | null;
  readonly notes: readonly Note[];
};

// ── fold ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The annotation after one more event of its stream; other events change nothing. Throws `POISON_EVENT`. */
export function evolveAnnotation(annotation: Annotation, event: RecordedEvent): Annotation {
  switch (event.type) {
    case 'CallAssigned':
      return { ...annotation, assigned: assignedBy(event, dataOf(event, callAssignedSchema).customer_id) };
    case 'CallUnassigned':
      return { ...annotation, assigned: assignedBy(event, null) };
    case 'CallMarkedDone':
      return { ...annotation, marked: { done: true, ...saidBy(event) } };
    case 'CallMarkedOpen':
      return { ...annotation, marked: { done: false, ...saidBy(event) } };
    case 'NoteAdded':
      return { ...annotation, notes: [...annotation.notes, noteOf(event, dataOf(event, noteAddedSchema).text)] };
    case 'NoteRemoved':
      return { ...annotation, notes: withoutNote(annotation.notes, dataOf(event, noteRemovedSchema).note_id) };
    case 'ManualCallMerged': {
      const { manual } = dataOf(event, manualCallMergedSchema);
      return { ...annotation, merged: [...without(annotation, manual), { manual, ...saidBy(event) }] };
    }
    case 'ManualCallSplit':
      return { ...annotation, merged: without(annotation, dataOf(event, manualCallSplitSchema).manual) };
    default:
      return annotation;
  }
}

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

/** Whether `a` was recorded after `b`. */
function isLater(a: Said, b: Said): boolean {
  return a.at === b.at ? BigInt(a.position) > BigInt(b.position) : a.at > b.at;
}

export function assignedBy(event: RecordedEvent, customerId: string | null): Annotation['assigned'] {
  return { customer_id: customerId, ...saidBy(event) };
}

/** A note that the event's author wrote. */
export function noteOf(event: RecordedEvent, text: string, id = event.id): Note {
  const { actor } = metadataOf(event, peopleMetadataSchema);
  return { id, text, author: actor.sub, at: toRfc3339(recordedAt(event)) };
}

export function withoutNote(notes: readonly Note[], id: string): readonly Note[] {
  return notes.filter((note) => note.id !== id);
}

function saidBy(event: RecordedEvent): Said {
  return { at: toRfc3339(recordedAt(event)), position: String(event.position) };
}

function lastSaid<T extends Said>(all: readonly (T | null)[]): T | null {
  return all.reduce<T | null>((last, one) => (one && (!last || isLater(one, last)) ? one : last), null);
}

function without({ merged }: Annotation, manual: string): Annotation['merged'] {
  return merged.filter((one) => one.manual !== manual);
}

function byTime(a: Note, b: Note): number {
  return a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1;
}
