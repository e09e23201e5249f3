/** Chance that can be had again by its seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, at least 0 and below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Errors when there is nothing to pick from. */
  pick<T>(from: readonly T[]): T {
    const [picked] = from.slice(this.below(from.length));
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  /** The same in another order. */
  shuffled<T>(these: readonly T[]): readonly T[] {
    const places = these.map((one) => ({ one, place: this.next() }));
    return places.sort((a, b) => a.place - b.place).map(({ one }) => one);
  }
}

/** A seed that nobody has chosen. */
export function newSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
