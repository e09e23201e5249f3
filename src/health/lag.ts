import type { Micros } from '../domain/time.ts';

/** `positions` are events in PostgreSQL's log, bytes in EventStoreDB's. */
export type LagState = { readonly positions: bigint; readonly seconds: number };

/** How far a reader of the log is behind its end: since when there has been what it does not have yet. */
export class Lag {
  #mark: { readonly head: bigint; readonly at: Micros } | null = null;

  /** `position`: how far it has come, `head`: where the log ends, both as of `at`. */
  look(position: bigint, head: bigint, at: Micros): LagState {
    const mark = this.#mark ?? { head, at };
    const isPast = position >= mark.head;
    this.#mark = isPast ? { head, at } : mark;
    if (position >= head) return { positions: 0n, seconds: 0 };
    return { positions: head - position, seconds: (at - mark.at) / 1_000_000 };
  }
}
