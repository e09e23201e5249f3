/** The work list: whether a call still waits for somebody. */
import type { RecordedEvent } from '../events.ts';
import { accepted, type Decision } from './decision.ts';
import { type Said, saidBy } from './said.ts';

// ── fold ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What the work list was told last; null: nothing. */
export type Marked = (Said & { readonly done: boolean }) | null;

export function evolveMarked(marked: Marked, event: RecordedEvent): Marked {
  switch (event.type) {
    case 'CallMarkedDone':
      return { done: true, ...saidBy(event) };
    case 'CallMarkedOpen':
      return { done: false, ...saidBy(event) };
    default:
      return marked;
  }
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Takes the call off the work list, or puts it back. */
export function markCall(done: boolean, { doneAt }: { readonly doneAt: string | null }): Decision {
  if (done === (doneAt !== null)) return accepted();
  return accepted({ type: done ? 'CallMarkedDone' : 'CallMarkedOpen', data: {} });
}
