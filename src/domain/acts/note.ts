/** Notes on a call. */
import { z } from 'zod';
import type { Note } from '../entry.ts';
import { peopleMetadataSchema, type RecordedEvent } from '../events.ts';
import { dataOf, metadataOf, recordedAt } from '../recorded.ts';
import { toRfc3339 } from '../time.ts';
import { accepted, type Decision, refused } from './decision.ts';
import { type NoteTaker, takeBack, takenBackSchema } from './noteRemoval.ts';

// ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** The note's id is that of the event. */
export const noteAddedSchema = z.object({ text: z.string().min(1).max(10_000) });
export const noteRemovedSchema = z.object({ note_id: z.uuid(), taken_back: takenBackSchema.optional() });

// ── fold ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export type Notes = readonly Note[];

export function evolveNotes(notes: Notes, event: RecordedEvent): Notes {
  switch (event.type) {
    case 'NoteAdded':
      return [...notes, noteOf(event, dataOf(event, noteAddedSchema).text)];
    case 'NoteRemoved':
      return withoutNote(notes, dataOf(event, noteRemovedSchema).note_id);
    default:
      return notes;
  }
}

/** A note that the event's author wrote. */
export function noteOf(event: RecordedEvent, text: string, id = event.id): Note {
  const { actor } = metadataOf(event, peopleMetadataSchema);
  return { id, text, author: actor.sub, at: toRfc3339(recordedAt(event)) };
}

export function withoutNote(notes: Notes, id: string): Notes {
  return notes.filter((note) => note.id !== id);
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

/** A row is read whole, so it does not grow for ever. */
const MAX_NOTES = 200;

type Before = { readonly notes: Notes };

/** Adds a note. `written` is the text of the note that the same Idempotency-Key has written before. */
export function addNote(text: string, { notes }: Before, written: string | null): Decision {
  if (written !== null) {
    return written === text
      ? accepted()
      : refused('KEY_REUSED', '#', 'this Idempotency-Key came with another note before');
  }
  if (notes.length >= MAX_NOTES) return refused('TOO_MANY_NOTES', '#', `An entry has at most ${MAX_NOTES} notes.`);
  return accepted({ type: 'NoteAdded', data: { text } });
}

/** Removes a note; it is said in the stream where the note was added. */
export function removeNote(noteId: string, { notes }: Before, by: NoteTaker): Decision {
  const note = notes.find(({ id }) => id === noteId);
  if (note === undefined) return refused('NO_SUCH_NOTE', '#', 'There is no such note.');
  const taken = takeBack(note, by);
  if ('kind' in taken) return taken;
  return accepted({ type: 'NoteRemoved', data: { note_id: noteId, ...taken } });
}
