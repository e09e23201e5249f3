/** Calling somebody back: who has taken it, until when, and what they noted; in `callback-<id of a missed entry>`. */
import { z } from 'zod';
import { type Actor, peopleMetadataSchema, type RecordedEvent, rfc3339 } from '../events.ts';
import { dataOf, metadataOf } from '../recorded.ts';
import { toRfc3339 } from '../time.ts';
import { accepted, type Decision, instantOf, refused } from './decision.ts';
import { type Said, saidBy } from './said.ts';

// ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

export const callBackPlannedSchema = z.object({ due_at: rfc3339.nullable() });
export const callBackNotedSchema = z.object({ text: z.string().max(2_000) });

// ── fold ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type By = Said & { readonly by: string };

/** What one stream says; JSON all through. `by`: a `sub`. */
export type CallBackSaid = {
  readonly taken: By | null;
  readonly due_at: string | null;
  readonly note: (By & { readonly text: string }) | null;
};

export const NOTHING_PLANNED: CallBackSaid = { taken: null, due_at: null, note: null };

/** Throws `POISON_EVENT`. */
export function evolveCallBack(said: CallBackSaid, event: RecordedEvent): CallBackSaid {
  switch (event.type) {
    case 'CallBackTaken':
      return { ...said, taken: by(event) };
    case 'CallBackReleased':
      return { ...said, taken: null };
    case 'CallBackPlanned':
      return { ...said, due_at: dataOf(event, callBackPlannedSchema).due_at };
    case 'CallBackNoted': {
      const { text } = dataOf(event, callBackNotedSchema);
      return { ...said, note: text === '' ? null : { ...by(event), text } };
    }
    default:
      return said;
  }
}

function by(event: RecordedEvent): By {
  return { ...saidBy(event), by: metadataOf(event, peopleMetadataSchema).actor.sub };
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Takes it; what somebody else has stays theirs until they or an admin give it back. */
export function takeCallBack({ taken }: CallBackSaid, { sub }: Actor): Decision {
  if (taken === null) return accepted({ type: 'CallBackTaken', data: {} });
  return taken.by === sub
    ? accepted()
    : refused('TAKEN_BY_ANOTHER', '#', 'Somebody else has taken it; it is theirs until they or an admin give it back.');
}

/** Gives it back. */
export function releaseCallBack({ taken }: CallBackSaid, { sub, role }: Actor): Decision {
  if (taken === null) return accepted();
  return taken.by === sub || role === 'admin'
    ? accepted({ type: 'CallBackReleased', data: {} })
    : refused('TAKEN_BY_ANOTHER', '#', 'Somebody else has taken it; only they or an admin give it back.');
}

/** Until when it is to be done; null: no time. */
export function planCallBack(dueAt: string | null, said: CallBackSaid): Decision {
  const instant = dueAt === null ? null : instantOf(dueAt);
  if (dueAt !== null && instant === null) {
    return refused('TIME_OUT_OF_RANGE', '#/due_at', 'a time between 1970 and 2200');
  }
  const due_at = instant === null ? null : toRfc3339(instant);
  return due_at === said.due_at ? accepted() : accepted({ type: 'CallBackPlanned', data: { due_at } });
}

/** What whoever calls back should know; empty: nothing. */
export function noteCallBack(text: string, { note }: CallBackSaid): Decision {
  return text === (note?.text ?? '') ? accepted() : accepted({ type: 'CallBackNoted', data: { text } });
}
