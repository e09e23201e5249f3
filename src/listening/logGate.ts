import type { Backoff } from '../retry.ts';

/** Keeps appends waiting while the log is away, and lets one at a time try whether it is back. */
export class LogGate {
  #isOpen = true;
  #isClosedForEver = false;
  /** it was time to try, and nobody waited: the next one that comes does */
  #isNext = false;
  #timer: NodeJS.Timeout | null = null;
  readonly #waiting: (() => void)[] = [];

  /** When `signal` aborts nobody gets through any more. */
  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => {
      this.#isClosedForEver = true;
      this.open();
    });
  }

  /** True: go on, and report by `open`, `shut`, `pass` or `giveWay` what came of it. False: give up. */
  async enter(): Promise<boolean> {
    if (!this.#isOpen && !this.#isNext) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#isNext = false;
    return !this.#isClosedForEver;
  }

  /** The log has answered. */
  open(): void {
    this.#isOpen = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const release of this.#waiting.splice(0)) release();
  }

  /** The log has not answered: the next one tries after a wait. */
  shut(backoff: Backoff): void {
    if (this.#isClosedForEver) return;
    this.#isOpen = false;
    this.#isNext = false;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.giveWay();
    }, backoff.next());
  }

  /** Nothing was tried: the next one that waits tries at once. */
  giveWay(): void {
    if (this.#isOpen) return;
    const next = this.#waiting.shift();
    if (next) next();
    else this.#isNext = true;
  }

  /** Nothing was learnt about the log: while it is away, the next one that waits tries. */
  pass(backoff: Backoff): void {
    if (!this.#isOpen) this.shut(backoff);
  }
}
