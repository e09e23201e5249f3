import type { Journal, Kept } from './journal/journal.ts';

type Open = { readonly kept: Kept; left: number };

/** Gives back to the journal what is in the log: in order, so that what is behind a fact still under way is kept too. */
export class Releases {
  readonly #journal: Pick<Journal, 'release'>;
  readonly #open: Open[] = [];

  constructor(journal: Pick<Journal, 'release'>) {
    this.#journal = journal;
  }

  /** A record of so many facts (or one, of another kind); call what is returned once for each that is settled. */
  open(kept: Kept, count: number): () => void {
    const record = { kept, left: count };
    this.#open.push(record);
    if (count === 0) this.#release();
    return () => {
      record.left -= 1;
      this.#release();
    };
  }

  #release(): void {
    let last: Kept | null = null;
    while (this.#open[0]?.left === 0) last = this.#open.shift()?.kept ?? null;
    if (last !== null) this.#journal.release(last.end, last.number + 1);
  }
}
