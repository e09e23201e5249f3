/** So many names are counted apart; they come from outside, so there is no end to them. */
const MAX_NAMES = 200;

/** Counts by name; what comes after the bound is counted together. */
export class NameCounts {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    const counted = this.#counts.has(name) || this.#counts.size < MAX_NAMES ? name : 'other';
    this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + 1);
  }

  entries(): Iterable<readonly [name: string, count: number]> {
    return this.#counts;
  }
}
