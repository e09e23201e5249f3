/** What people ask for of one entry of the log, decided: state and command in, events or a refusal out. */

import type { CommsEntry } from '../entry.ts';
import type { Annotation, Decided } from './annotation.ts';
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

/** Where a call logged by hand is to be seen: as an entry of its own, in the entry that is asked about, or in another. */
export type Standing =
  | { readonly kind: 'apart'; readonly manual: string }
  | { readonly kind: 'here' | 'elsewhere' | 'unknown' };

/** Says that a call logged by hand is the same as this one. */
export function mergeManualCall(standing: Standing, source: CommsEntry['source']): Decision {
  if (source === 'manual') return refused('LOGGED_BY_HAND', '#', 'Only a call that a PBX told can be merged with one.');
  switch (standing.kind) {
    case 'apart':
      return accepted({ type: 'ManualCallMerged', data: { manual: standing.manual } });
    case 'here':
      return accepted();
    case 'elsewhere':
      return refused('MERGED_ELSEWHERE', '#', 'It is merged with another call; split these two first.');
    case 'unknown':
      return refused('UNKNOWN_MANUAL_CALL', '#/manual_id', 'no such call logged by hand');
  }
}

/** Says that they are two calls after all. `merged`: the call's uuid, where people said in this entry that it is the same. */
export function splitManualCall(merged: string | null, { kind }: Standing): Decision {
  if (merged !== null) return accepted({ type: 'ManualCallSplit', data: { manual: merged } });
  if (kind === 'apart' || kind === 'here') return accepted();
  return refused('UNKNOWN_MANUAL_CALL', '#/manual_id', 'no call logged by hand that is part of this one');
}
