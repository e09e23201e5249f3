/** What people ask for of one entry of the log, decided: state and command in, events or a refusal out. */
import type { Annotation, Decided } from '../annotation.ts';
import type { CommsEntry } from '../entry.ts';
import type { CustomerState } from './customer.ts';
import { accepted, type Decision, refused } from './decision.ts';

/** A row is read whole, so it does not grow for ever. */
const MAX_NOTES = 200;

/** Assigns the call to a customer: this wins over every rule. */
export function assignCall(customerId: string, state: { decided: Decided; customer: CustomerState }): Decision {
  if (state.customer.kind !== 'known') return refused('UNKNOWN_CUSTOMER', '#/customer_id', 'no such customer');
  if (state.decided.assignment?.customerId === customerId) return accepted();
  return accepted({ type: 'CallAssigned', data: { customer_id: customerId } });
}

/** Says that the call is nobody's. */
export function unassignCall({ assignment }: Decided): Decision {
  return assignment?.customerId === null ? accepted() : accepted({ type: 'CallUnassigned', data: {} });
}

/** Takes the call off the work list, or puts it back. */
export function markCall(done: boolean, { doneAt }: Decided): Decision {
  if (done === (doneAt !== null)) return accepted();
  return accepted({ type: done ? 'CallMarkedDone' : 'CallMarkedOpen', data: {} });
}

/** Adds a note. `written` is the text of the note that the same Idempotency-Key has written before. */
export function addNote(text: string, { notes }: Decided, written: string | null): Decision {
  if (written !== null) {
    return written === text
      ? accepted()
      : refused('KEY_REUSED', '#', 'this Idempotency-Key came with another note before');
  }
  if (notes.length >= MAX_NOTES) return refused('TOO_MANY_NOTES', '#', `An entry has at most ${MAX_NOTES} notes.`);
  return accepted({ type: 'NoteAdded', data: { text } });
}

/** Removes a note; it is said in the stream where the note was added. */
export function removeNote(noteId: string, { notes }: Annotation): Decision {
  if (notes.some(({ id }) => id === noteId)) return accepted({ type: 'NoteRemoved', data: { note_id: noteId } });
  return refused('NO_SUCH_NOTE', '#', 'There is no such note.');
}

/** A call logged by hand as the log of calls shows it: an entry of its own, part of the one that is asked about, or of another. */
export type Standing = 'apart' | 'here' | 'elsewhere' | 'unknown';

/** Says that a call logged by hand, of `manual-<manual>`, is the same as this one, which the PBX told. */
export function mergeManualCall(manual: string, standing: Standing, source: CommsEntry['source']): Decision {
  if (source === 'manual') return refused('LOGGED_BY_HAND', '#', 'Only into a call that a PBX told can one be merged.');
  switch (standing) {
    case 'apart':
      return accepted({ type: 'ManualCallMerged', data: { manual } });
    case 'here':
      return accepted();
    case 'elsewhere':
      return refused('MERGED_ELSEWHERE', '#/manual_id', 'It is merged with another call; split the two first.');
    case 'unknown':
      return refused('UNKNOWN_MANUAL_CALL', '#/manual_id', 'no such call logged by hand');
  }
}

/** Says that the two are not the same after all; it is said in the stream where they were merged. */
export function splitManualCall(manual: string, { merged }: Annotation): Decision {
  if (!merged.some((one) => one.manual === manual)) return accepted();
  return accepted({ type: 'ManualCallSplit', data: { manual } });
}
