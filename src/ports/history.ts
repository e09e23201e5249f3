import type { RecordedEvent } from '../domain/events.ts';

/** The events behind an entry, in the order in which they were heard; an id that went into another leads there. */
export type FactsBehind =
  | { readonly kind: 'found'; readonly id: string; readonly events: readonly RecordedEvent[] }
  | { readonly kind: 'moved'; readonly currentId: string };

/** What stands in the log behind what the active read model shows. Errors: those of the log, `DATABASE_UNAVAILABLE`. */
export interface History {
  /** Facts of the PBX about the call and whatever is folded with it, and people's facts about the entry. Null: no such entry. */
  factsBehind(id: string): Promise<FactsBehind | null>;
}
