import type { Micros } from '../domain/time.ts';
import { nameOf } from '../errorPolicy.ts';
import type { Clock } from '../ports/clock.ts';
import { ANSWER_MS } from './limits.ts';

/** What is known of something that is asked again and again. */
export type Answer<T> = {
  /** what it said last, and when; null: nothing yet */
  readonly last: { readonly value: T; readonly at: Micros } | null;
  /** why it does not answer now: the name of an error, or that it is silent; null: it answers */
  readonly trouble: string | null;
};

/** Asks one question at a time, however long the answer takes: what does not answer is not asked by more and more. */
export class Asked<T> {
  readonly #ask: () => Promise<T>;
  readonly #clock: Clock;
  readonly #everyMs: number;
  #last: Answer<T>['last'] = null;
  #trouble: string | null = null;
  #askedAt: Micros | null = null;

  /** `everyMs`: an answer is good for so long */
  constructor(ask: () => Promise<T>, clock: Clock, everyMs = 0) {
    this.#ask = ask;
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  /** Resolves when it is answered or has failed; at once while the last question is still open, or its answer is good. */
  async again(): Promise<void> {
    if (this.#askedAt !== null || this.#isGood()) return;
    this.#askedAt = this.#clock.now();
    try {
      const value = await this.#ask();
      this.#last = { value, at: this.#clock.now() };
      this.#trouble = null;
    } catch (error) {
      this.#trouble = nameOf(error);
    } finally {
      this.#askedAt = null;
    }
  }

  #isGood(): boolean {
    if (this.#last === null || this.#trouble !== null) return false;
    return (this.#clock.now() - this.#last.at) / 1000 < this.#everyMs;
  }

  answer(): Answer<T> {
    const silentMs = this.#askedAt === null ? 0 : (this.#clock.now() - this.#askedAt) / 1000;
    return { last: this.#last, trouble: silentMs >= ANSWER_MS ? `no answer for ${ANSWER_MS / 1000} s` : this.#trouble };
  }
}
