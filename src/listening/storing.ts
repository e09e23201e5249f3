import type { Micros } from '../domain/time.ts';
import { pause } from '../retry.ts';
import { MissingFacts } from './missingFacts.ts';
import { RefusedCounts } from './refusedCounts.ts';
import { Planning, type WaitsFor } from './sharing/planning.ts';
import { StoredTrail } from './sharing/storedTrail.ts';
import type { StoringOptions, StoringTally } from './storingOptions.ts';
import { StoringRun } from './storingRun.ts';

/** How long what is on its way into the log is waited for before another server may store. */
const ON_ITS_WAY_MS = 3_000;
const LOOK_AGAIN_MS = 5;

/**
 * Journal → log, connection by connection. What is stored is released. Whenever the right to store changes hands all begins
 * anew with what is not released: what may have come through is found in the log.
 */
export class Storing {
  readonly #options: StoringOptions;
  readonly #planning: Planning | null;
  readonly #tally: StoringTally;
  #run: StoringRun | null = null;
  #goOn: (() => void) | null = null;
  #held: Promise<void> | null = null;

  constructor(options: StoringOptions) {
    this.#options = options;
    const { sharing } = options;
    this.#planning = sharing === null ? null : new Planning({ ...options, sharing });
    this.#tally = {
      stored: 0,
      setAside: 0,
      refused: new RefusedCounts(options),
      missing: new MissingFacts(),
      trail: new StoredTrail(),
      session: null,
      oldestAt: () => null,
    };
  }

  /** Facts stored since the start. */
  stored(): number {
    return this.#tally.stored;
  }

  /** Facts that another server has stored, or that cannot be told from such: they are dropped. */
  setAside(): number {
    return this.#tally.setAside;
  }

  /** Facts that were heard and are gone: the journal was damaged. */
  missingFacts(): number {
    return this.#tally.missing.count();
  }

  /** When the oldest was received of what is not in the log yet; null: nothing waits. */
  oldestAt(): Micros | null {
    return this.#tally.oldestAt();
  }

  /** For what other servers what is in the journal waits; null: for none. */
  waitsFor(): WaitsFor | null {
    return this.#planning?.waitsFor() ?? null;
  }

  /** The latest session that is in the log without its end. */
  session(): { readonly session: number; readonly connection: string } | null {
    return this.#tally.session;
  }

  /** Of the log: behind it stand the last facts of the session; null: there are none. To be called every second. */
  behindLast(): bigint | null {
    return this.#tally.trail.behind(this.#tally.session?.session ?? null);
  }

  /** Facts that the log refused, by its code. */
  refused(): Iterable<readonly [string, number]> {
    return this.#tally.refused.entries();
  }

  /** Stores nothing more before `goOn`. False: something is on its way that does not arrive. */
  async hold(): Promise<boolean> {
    this.#held ??= new Promise((resolve) => {
      this.#goOn = resolve;
    });
    return this.#quiet();
  }

  /** What is on its way into the log has arrived, or was found not to; nothing is begun. False: it takes too long. */
  async #quiet(): Promise<boolean> {
    const until = performance.now() + ON_ITS_WAY_MS;
    while (this.#run?.isBusy() || this.#options.appender.isUnderWay()) {
      if (performance.now() > until) return false;
      await pause(LOOK_AGAIN_MS);
    }
    return true;
  }

  /** After the last run: what it has sent to the log has arrived. False: it is not known whether it does. */
  arrived(): Promise<boolean> {
    return this.#quiet();
  }

  goOn(): void {
    this.#goOn?.();
    this.#goOn = null;
    this.#held = null;
  }

  /** Stores what the journal holds and what comes, until the journal has ended, or `signal` aborts. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    for (let hasEnded = false; !hasEnded && !signal.aborted; ) {
      const run = new StoringRun(this.#options, this.#planning, this.#tally, () => this.#held);
      this.#run = run;
      hasEnded = await run.toTheEnd();
    }
  }
}
