/** Numbers that look drawn by chance and are the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  whole(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1));
  }

  /** One of them; the heavier, the oftener. Throws when there is none. */
  weighted<T>(all: readonly T[], weightOf: (one: T, index: number) => number): T {
    const weights = all.map(weightOf);
    let left = this.next() * weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, one] of all.entries()) {
      left -= weights[index] ?? 0;
      if (left < 0) return one;
    }
    const last = all.at(-1);
    if (last === undefined) throw new Error('nothing to choose from');
    return last;
  }

  pick<T>(all: readonly T[]): T {
    return this.weighted(all, () => 1);
  }

  /** All of them, the heavier the sooner. */
  shuffled<T>(all: readonly T[], weightOf: (one: T) => number): T[] {
    const left = [...all];
    const drawn: T[] = [];
    while (left.length > 0) {
      const one = this.weighted(left, weightOf);
      drawn.push(one);
      left.splice(left.indexOf(one), 1);
    }
    return drawn;
  }

  /** Half of the lengths of talks lie below the median, a few far above it. */
  logNormal({ median, spread, least, most }: LogNormal): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return Math.min(most, Math.max(least, median * Math.exp(spread * normal)));
  }
}

export type LogNormal = {
  readonly median: number;
  /** standard deviation of the logarithm */
  readonly spread: number;
  readonly least: number;
  readonly most: number;
};
