import type { EventStore } from '../../src/ports/eventStore.ts';

/** Follows what a log is given of PBXs, and tells how long nothing came. */
export class FactsInLog {
  readonly #stopped = new AbortController();
  readonly #work: Promise<void>;
  #longestMs = 0;
  #last = performance.now();

  constructor(log: EventStore) {
    this.#work = this.#follow(log);
    // told by `end`
    this.#work.catch(() => {});
  }

  beginFault(): void {
    this.#longestMs = 0;
    this.#last = performance.now();
  }

  /** Since the fault began. */
  longestSilenceMs(): number {
    return Math.max(this.#longestMs, performance.now() - this.#last);
  }

  async end(): Promise<void> {
    this.#stopped.abort();
    await this.#work;
  }

  async #follow(log: EventStore): Promise<void> {
    const after = await log.head();
    for await (const _ of log.subscribe(after, { streamPrefixes: ['call-'] }, this.#stopped.signal)) {
      this.#longestMs = this.longestSilenceMs();
      this.#last = performance.now();
    }
  }
}
