/** A call that is dear to fold rests so many times as long as its last fold took: it has at most a tenth of the time. */
const TIMES_AS_LONG = 9;
/** At least so long: what is cheap is not folded with each event either. */
const MIN_REST_MS = 250;
/** No row is late for longer because of it, also where the machine has much else to do. */
const MAX_REST_MS = 10_000;
/** What cannot be folded is tried again so often. */
const FAILED_REST_MS = 5_000;

/** Which groups are not to be folded for a while. Times are those of one clock that is never set, in milliseconds. */
export class Rests {
  readonly #until = new Map<bigint, number>();

  folded(id: bigint, took: number, now: number): void {
    this.#until.set(id, now + Math.min(MAX_REST_MS, Math.max(MIN_REST_MS, TIMES_AS_LONG * took)));
  }

  failed(id: bigint, now: number): void {
    this.#until.set(id, now + FAILED_REST_MS);
  }

  /** Those that rest. */
  get resting(): readonly bigint[] {
    return [...this.#until.keys()];
  }

  /** Ends those that are over; whether there were some. */
  end(now: number): boolean {
    const before = this.#until.size;
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id);
    return this.#until.size < before;
  }

  /** How long the first of them takes still; null: none rests. */
  left(now: number): number | null {
    return this.#until.size === 0 ? null : Math.max(0, Math.min(...this.#until.values()) - now);
  }
}
