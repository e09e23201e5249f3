import { v5 as uuidv5 } from 'uuid';
import { addNote, noteAddedSchema, removeNote } from '../domain/acts/note.ts';
import { changeEntry, type EntryChange } from './changeEntry.ts';
import type { WriteDeps } from './customers.ts';
import type { EntryState } from './entryState.ts';

/** Namespace of the notes added with an Idempotency-Key; never changes, or a repeated request would add twice. */
const KEY_NAMESPACE = '4d0f3c9e-7f0b-4c57-9d0e-2f6a1b8c5e33';

/** Adds a note. With a key the same request again adds nothing. */
export function noteEntry(deps: WriteDeps, change: EntryChange, text: string, key: string | undefined) {
  const { sub } = change.author.actor;
  const eventId = key === undefined ? undefined : uuidv5(JSON.stringify([sub, change.id, key]), KEY_NAMESPACE);
  return changeEntry(deps, change, (state) => ({
    decision: addNote(text, state.decided, eventId === undefined ? null : textOf(state, eventId)),
    eventId,
  }));
}

/** Removes a note; it is said in the stream where it was added. */
export function removeNoteOfEntry(deps: WriteDeps, change: EntryChange, noteId: string) {
  return changeEntry(deps, change, ({ parts, own }) => {
    const into = parts.find(({ annotation }) => annotation.notes.some(({ id }) => id === noteId)) ?? own;
    return { decision: removeNote(noteId, into.annotation), into };
  });
}

/** What the note of this id was when it was added, also if it was removed since. */
function textOf({ parts }: EntryState, eventId: string): string | null {
  const added = parts.flatMap(({ events }) => events).find(({ id }) => id === eventId);
  return added ? noteAddedSchema.parse(added.data).text : null;
}
