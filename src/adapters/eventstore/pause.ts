import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so many milliseconds, less when `signal` aborts; never throws. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** How long to wait before the `attempt`th try (from 1): doubling from `min` to `max` ms, up to half of it by chance. */
export function backOff(attempt: number, min: number, max: number): number {
  return Math.min(max, min * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}
