import { abortingWith } from '../aborting.ts';
import { LEFT_BECAUSE } from '../domain/connectionEvents.ts';
import type { Clock } from '../ports/clock.ts';
import { type Lease, type LeaseState, UNDISPUTED, whenever } from '../ports/lease.ts';
import type { Hearing } from './hearing.ts';
import type { Sharing } from './sharing/sharing.ts';
import type { UnendedCall } from './unendedCalls.ts';

type Options = {
  readonly hearing: Hearing;
  /** null: nobody else listens to this PBX */
  readonly sharing: Sharing | null;
  /** calls that are open as far as the read model knows */
  readonly openCalls: () => Promise<readonly UnendedCall[]>;
  readonly clock: Clock;
};

/**
 * Listens whenever it is not known that another server does: one that does not know listens too, into its journal. What is
 * `offered` is taken as soon as the PBX is heard here, too, and left to others as soon as it is known that it is not.
 */
export class StandingBy {
  readonly #options: Options;
  #isOffering = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** This server has offered the PBX to others. */
  offers(isOffering: boolean): void {
    this.#isOffering = isOffering;
  }

  /** Ends when the source has ended, or `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { hearing, sharing } = this.#options;
    const lease = sharing?.lease ?? UNDISPUTED;
    const accept = () => {
      if (lease.state() === 'offered' && hearing.isConnected()) sharing?.lease.accept();
    };
    hearing.onConnected = accept;
    hearing.onUnreached = () => {
      if (lease.state() === 'offered') sharing?.lease.decline();
    };
    const unwatch = lease.onChange(accept);
    try {
      for (let hasStoodBy = false; !signal.aborted; hasStoodBy = true) {
        await whenever(lease, isFree, signal);
        if (signal.aborted) return;
        this.#begin(hasStoodBy);
        if (!(await this.#hear(lease, signal))) return;
      }
    } finally {
      unwatch();
    }
  }

  #begin(hasStoodBy: boolean): void {
    const { hearing, sharing, openCalls, clock } = this.#options;
    const lease = sharing?.lease;
    this.#isOffering = false;
    const words = (lease?.state() === 'held' ? lease.toldBefore() : null) ?? lease?.told() ?? null;
    if (hasStoodBy) hearing.forgetOpenCalls();
    if (words !== null) hearing.follow(words, clock.now());
    openCalls()
      .then((calls) => hearing.expect(calls))
      .catch(() => undefined);
  }

  /** True: another server listens now. */
  async #hear(lease: Lease, signal: AbortSignal): Promise<boolean> {
    const taken = new AbortController();
    const over = abortingWith(signal, taken.signal);
    const look = () => {
      if (!isFree(lease.state())) taken.abort();
    };
    const unwatch = lease.onChange(look);
    look();
    try {
      await this.#options.hearing.run(over.signal, () => this.#whyLeft(taken.signal.aborted));
    } finally {
      over.abort();
      unwatch();
    }
    return taken.signal.aborted && !signal.aborted;
  }

  #whyLeft(isTaken: boolean) {
    if (!isTaken) return LEFT_BECAUSE.stopped;
    return this.#isOffering ? LEFT_BECAUSE.handedOver : LEFT_BECAUSE.takenOver;
  }
}

function isFree(state: LeaseState): boolean {
  return state !== 'taken';
}
