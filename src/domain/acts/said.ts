import type { RecordedEvent } from '../events.ts';
import { recordedAt } from '../recorded.ts';
import { toRfc3339 } from '../time.ts';

/** When it was recorded (RFC 3339 in UTC), and where it stands in the log (digits). */
export type Said = { readonly at: string; readonly position: string };

/** Throws `POISON_EVENT`. */
export function saidBy(event: RecordedEvent): Said {
  return { at: toRfc3339(recordedAt(event)), position: String(event.position) };
}

/** What was recorded last; null: nothing was. */
export function lastSaid<T extends Said>(all: readonly (T | null)[]): T | null {
  return all.reduce<T | null>((last, one) => (one && (!last || isLater(one, last)) ? one : last), null);
}

function isLater(a: Said, b: Said): boolean {
  return a.at === b.at ? BigInt(a.position) > BigInt(b.position) : a.at > b.at;
}
