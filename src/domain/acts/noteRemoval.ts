/** Who may take back a note: by removing it, by writing another text in its place, or with the call that it is of. */
import { z } from 'zod';
import type { Note } from '../entry.ts';
import type { Actor, RecordedEvent } from '../events.ts';
import { type Settings, settingsSchema } from '../settings.ts';
import { isStatedBy } from '../subject.ts';
import { type Refusal, refused } from './decision.ts';

/** Who wants to, by which rule, and the stream in which the note stands. */
export type NoteTaker = {
  readonly actor: Actor;
  readonly rule: Settings['note_removal'];
  readonly events: readonly RecordedEvent[];
};

/** Recorded where another person than its author took a note back: whose it was, and the rule that allowed it. */
export const takenBackSchema = z.object({ author: z.string(), rule: settingsSchema.shape.note_removal });

/** What is to be recorded besides: nothing where it is the taker's own. Throws `POISON_EVENT`. */
export function takeBack(
  note: Note,
  { actor, rule, events }: NoteTaker,
): { readonly taken_back?: z.infer<typeof takenBackSchema> } | Refusal {
  const written = events.findLast((event) => writes(event, note.id, events));
  if (written && isStatedBy(written, actor)) return {};
  if (rule === 'everyone' || (rule === 'author_and_admins' && actor.role === 'admin')) {
    return { taken_back: { author: note.author, rule } };
  }
  return refused('ANOTHERS_NOTE', '#', 'Another person wrote this note, and the rules do not let you take it back.');
}

/** The note of a call's logging has the id of the logging, and is rewritten by corrections. */
function writes(event: RecordedEvent, noteId: string, events: readonly RecordedEvent[]): boolean {
  const isOfLogging = events.some(({ id, type }) => id === noteId && type === 'CallLogged');
  return event.id === noteId || (isOfLogging && event.type === 'CallCorrected' && event.data.notes !== undefined);
}
