import type { Micros } from '../domain/time.ts';
import type { Journal, Kept } from './journal/journal.ts';

type Open = { readonly kept: Kept; readonly at: Micros; left: number };

/** Gives back to the journal what is in the log: in order, so that what is behind a fact still under way is kept too. */
export class Releases {
  readonly #journal: Pick<Journal, 'release'>;
  readonly #open: Open[] = [];

  constructor(journal: Pick<Journal, 'release'>) {
    this.#journal = journal;
  }

  /** A record of so many facts (or one, of another kind), received at `at`; call what is returned for each that is settled. */
  open(kept: Kept, at: Micros, count: number): () => void {
    const record = { kept, at, left: count };
    this.#open.push(record);
    if (count === 0) this.#release();
    return () => {
      record.left -= 1;
      this.#release();
    };
  }

  /** When the oldest record was received that is not in the log yet; null: there is none. */
  oldestAt(): Micros | null {
    return this.#open[0]?.at ?? null;
  }

  #release(): void {
    let last: Kept | null = null;
    while (this.#open[0]?.left === 0) last = this.#open.shift()?.kept ?? null;
    if (last !== null) this.#journal.release(last.end, last.number + 1);
  }
}
