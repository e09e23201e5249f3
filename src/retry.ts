import { setTimeout as sleep } from 'node:timers/promises';

/** Waiting times that grow from try to try, spread by chance so that many clients do not come back together. */
export type Backoff = {
  /** milliseconds until the next try: at least `minMs`, at most `maxMs` */
  next(): number;
  reset(): void;
};

/** The n-th waiting time lies anywhere between `minMs` and `minMs · 2ⁿ`, never above `maxMs`. */
export function createBackoff({ minMs, maxMs }: { minMs: number; maxMs: number }): Backoff {
  let ceiling = minMs;
  return {
    next() {
      ceiling = Math.min(maxMs, ceiling * 2);
      return minMs + Math.random() * (ceiling - minMs);
    },
    reset() {
      ceiling = minMs;
    },
  };
}

/** Resolves after `ms`, or as soon as `signal` aborts; never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
