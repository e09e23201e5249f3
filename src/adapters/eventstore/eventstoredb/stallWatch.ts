import { abortingWith } from '../../../aborting.ts';
import { pause } from '../../../retry.ts';

type Options = {
  /** so long a silence is looked into; it takes as long again until it counts as a stall */
  readonly everyMs: number;
  readonly lookBehind: (position: bigint, signal: AbortSignal) => Promise<Behind>;
  readonly signal: AbortSignal;
};

/** What the log has behind a position. */
export type Behind = {
  /** position of the first event that the subscription should bring; undefined: there is none up to `end` */
  readonly first: bigint | undefined;
  readonly end: bigint;
};

export type StallWatch = {
  /** Aborts when the subscription has stalled, or the signal that was given. */
  readonly signal: AbortSignal;
  readonly hasStalled: () => boolean;
  /** Something came, the last event at `position`; the time until `waits()` is the consumer's own. */
  came(position: bigint): void;
  waits(): void;
  stop(): void;
};

/**
 * Tells a subscription that has stalled from a log that is quiet: one that has been silent while a read, which goes to the
 * leader, finds an event that it should have brought. EventStoreDB never ends the subscriptions of a node that is the leader
 * no more, also of one that is cut off from the others.
 */
export function watchForStall(after: bigint, { everyMs, lookBehind, signal }: Options): StallWatch {
  const stopped = abortingWith(signal);
  const over = stopped.signal;
  const ended = abortingWith(over);
  let hasStalled = false;
  let at = after;
  let isConsumed = false;
  let signs = 0;

  const reach = (position: bigint) => {
    if (position > at) at = position;
  };
  const isSilent = async () => {
    const before = signs;
    await pause(everyMs, over);
    return signs === before && !isConsumed && !over.aborted;
  };
  const watch = async () => {
    while (!over.aborted) {
      if (!(await isSilent())) continue;
      const behind = await lookBehind(at, over).catch(() => undefined);
      if (behind === undefined) continue;
      const { first, end } = behind;
      if (first === undefined) reach(end);
      // it may be on its way
      else if ((await isSilent()) && first > at) {
        hasStalled = true;
        return ended.abort();
      }
    }
  };
  void watch();

  return {
    signal: ended.signal,
    hasStalled: () => hasStalled,
    came(position) {
      reach(position);
      isConsumed = true;
      signs += 1;
    },
    waits() {
      isConsumed = false;
      signs += 1;
    },
    stop: () => stopped.abort(),
  };
}
