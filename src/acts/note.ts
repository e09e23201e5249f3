import { v5 as uuidv5 } from 'uuid';
import { addNote, noteAddedSchema, removeNote } from '../domain/acts/note.ts';
import type { Actor } from '../domain/events.ts';
import { dataOf } from '../domain/recorded.ts';
import { bareSub, isStatedBy } from '../domain/subject.ts';
import { settingsInForce } from '../log/settings.ts';
import { type ChangedEntry, changeEntry, type EntryChange } from './changeEntry.ts';
import type { ActDeps } from './deps.ts';
import type { EntryState } from './entry.ts';

/** Namespace of the notes added with an Idempotency-Key; never changes, or a repeated request would add twice. */
const KEY_NAMESPACE = '4d0f3c9e-7f0b-4c57-9d0e-2f6a1b8c5e33';

/** Adds a note. With a key the same request again adds nothing. */
export function noteEntry(
  deps: ActDeps,
  change: EntryChange,
  text: string,
  key: string | undefined,
): Promise<ChangedEntry> {
  const { actor } = change.author;
  const idOf = (sub: string) => uuidv5(JSON.stringify([sub, change.id, key]), KEY_NAMESPACE);
  const ids =
    key === undefined ? [] : [actor.sub, bareSub(actor.sub)].flatMap((sub) => (sub === null ? [] : [idOf(sub)]));
  return changeEntry(deps, change, (state) => ({
    decision: addNote(text, state.decided, writtenWith(ids, state, actor)),
    eventId: ids[0],
  }));
}

/** Removes a note; it is said in the stream where it was added. */
export async function removeNoteOfEntry(deps: ActDeps, change: EntryChange, noteId: string): Promise<ChangedEntry> {
  const { note_removal: rule } = await settingsInForce(deps.log);
  const { actor } = change.author;
  return changeEntry(deps, change, ({ streams, own }) => {
    const to = streams.find(({ annotation }) => annotation.notes.some(({ id }) => id === noteId)) ?? own;
    return { decision: removeNote(noteId, to.annotation, { actor, rule, events: to.events }), to };
  });
}

/** What the person's note of one of these ids was when it was added, also if it was removed since; null: there is none. */
function writtenWith(ids: readonly string[], { streams }: EntryState, actor: Actor): string | null {
  const events = streams.flatMap((stream) => stream.events);
  const added = events.find((event) => ids.includes(event.id) && isStatedBy(event, actor));
  return added ? dataOf(added, noteAddedSchema).text : null;
}
