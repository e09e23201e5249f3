import { abortingWith } from '../aborting.ts';

/**
 * `held`: by this process, and surely by no other; `lost`: PostgreSQL does not say whose it is; `taken`: another's;
 * `offered`: another's, who leaves as soon as this process is ready and says so (`accept`).
 */
export type LeaseState = 'held' | 'lost' | 'taken' | 'offered';

/** To listen to a PBX. */
export const leaseOnPbx = (pbx: string) => `pbx:${pbx}`;
/** To store what the journal of a server has left of a PBX that another server listens to. */
export const leaseOnJournal = (pbx: string) => `journal:${pbx}`;
/** To project a version of the read model. */
export const leaseOnVersion = (version: number) => `version:${version}`;

/** The right to do what of all servers on a database one alone may do at a time. */
export interface Lease {
  /** as of this moment: who comes back from a long sleep is told that it is over */
  state(): LeaseState;
  /** Calls back, at once, whenever the state has changed. Returns how to stop. */
  onChange(listener: () => void): () => void;
}

/** A server, as others call it. */
export type Holder = { readonly id: string; readonly name: string };

/** A lease that goes from one server to the next, with words (JSON) for whoever comes after. */
export interface HandedLease<Words> extends Lease {
  /** who has it; null: nobody, or it is not known */
  holder(): Holder | null;
  /** what the holder has told last, as far as this process has heard */
  told(): Words | null;
  /** what the holder before had told last, when this process took it; null: nothing */
  toldBefore(): Words | null;
  /** Tells whoever comes after, with the next renewal. */
  tell(words: Words): void;
  /** Wishes to leave: true when another has taken it, false when none did within `withinMs`; then it is held on. */
  offer(withinMs: number, signal: AbortSignal): Promise<boolean>;
  /** Takes what is `offered`. */
  accept(): void;
  /** Leaves what is `offered` to others: it is `taken` then, until it is offered anew. */
  decline(): void;
  /** Gives it up for good: it is free at once. */
  release(): Promise<void>;
}

/** One that is this process's affair until it is released: held, or waited for. */
export interface OwnLease extends Lease {
  release(): Promise<void>;
}

/** Where leases are asked for by their names. A process asks once for each. */
export interface Leasing {
  /** Wants it from now on: takes it whenever it is free, until it is released. */
  want(name: string): OwnLease;
  /** Takes it if it is free now; null: it is not, or it is not known. */
  tryTake(name: string): Promise<OwnLease | null>;
}

/** For those who are alone by their nature: a recording, a test. */
export const UNDISPUTED: Lease = { state: () => 'held', onChange: () => () => {} };

/** Resolves when it is held, or when `signal` aborts. */
export function whenHeld(lease: Lease, signal: AbortSignal): Promise<void> {
  return whenever(lease, (state) => state === 'held', signal);
}

/** Resolves as soon as its state is one of those, or when `signal` aborts. */
export function whenever(lease: Lease, isIt: (state: LeaseState) => boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isIt(lease.state()) && !signal.aborted) return;
      stop();
      signal.removeEventListener('abort', look);
      resolve();
    };
    const stop = lease.onChange(look);
    signal.addEventListener('abort', look);
    look();
  });
}

/** Does `work` whenever the lease is held; its signal aborts as soon as it is not, or `signal` does, and it then ends. */
export async function whileHeld(
  lease: Lease,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await whenHeld(lease, signal);
    if (signal.aborted) return;
    const over = abortingWith(signal);
    const ended = whenever(lease, (state) => state !== 'held', over.signal).then(() => over.abort());
    try {
      await work(over.signal);
    } finally {
      over.abort();
      await ended;
    }
  }
}
