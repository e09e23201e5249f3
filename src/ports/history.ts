import type { Connection } from '../domain/channels/connection.ts';
import type { RecordedEvent } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import type { WholeComms } from './readModel.ts';

/** The events behind an entry, in the order in which they were heard; an id that went into another leads there. */
export type FactsBehind =
  | {
      readonly kind: 'found';
      readonly id: string;
      /** RFC 3339; null: it is not known */
      readonly occurredAt: string | null;
      readonly events: readonly RecordedEvent[];
    }
  | { readonly kind: 'moved'; readonly currentId: string };

/** The entry as it was shown at a time, as far as that can still be told. */
export type EntryThen =
  | {
      readonly kind: 'found';
      readonly entry: WholeComms;
      /** of the read model that was active then */
      readonly derivation: string;
      /** `gone`: the rules of then, applied by the code of today */
      readonly code: 'same' | 'gone';
    }
  /** then it was a call in progress, or nothing was known of it */
  | { readonly kind: 'in_progress' | 'nothing' }
  | { readonly kind: 'moved'; readonly currentId: string };

/**
 * What stands in the log behind what the active read model shows. Errors: those of the log, `DATABASE_UNAVAILABLE`,
 * `TOO_MANY_REQUESTS` when too many entries are folded anew at once. What `signal` aborts throws.
 */
export interface History {
  /** Facts of the PBX about the call and whatever is folded with it, and people's facts about the entry. Null: no such entry. */
  factsBehind(id: string, signal?: AbortSignal): Promise<FactsBehind | null>;
  /** All connections to a PBX, in the order of their sessions. */
  connections(pbx: string): Promise<readonly Connection[]>;
  /** The entry folded from what was recorded by `time`, by the rules that were active then. Null: no such entry. */
  asOf(id: string, time: Micros, signal?: AbortSignal): Promise<EntryThen | null>;
}
