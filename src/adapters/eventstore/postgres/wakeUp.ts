import type { Logger } from 'pino';
import { hearNotices } from '../../../postgresNotices.ts';
import { pause } from '../pause.ts';

const POLL_MS = 1_000;

export type WakeUp = {
  /** Resolves when something was appended since `armed()` was taken, at the latest after a second, or when aborted. */
  next(armed: number, signal: AbortSignal): Promise<void>;
  armed(): number;
  close(): Promise<void>;
};

/**
 * Says early that there may be something to read. Notifications get lost, so it says so every second anyway; while the
 * listening connection is away that is all it does.
 */
export function createWakeUp(url: string, channel: string, logger: Logger | undefined): WakeUp {
  const closing = new AbortController();
  const sleepers = new Set<AbortController>();
  let wakes = 0;
  let listening: Promise<void> | undefined;

  const wake = () => {
    wakes += 1;
    for (const sleeper of sleepers) sleeper.abort();
  };

  const listen = () =>
    hearNotices({
      url,
      channel,
      onNotice: wake,
      onLost: () => logger?.warn('cannot listen for appends, polling only'),
      signal: closing.signal,
    });

  return {
    armed: () => wakes,
    async next(armed, signal) {
      listening ??= listen();
      if (wakes !== armed) return;
      const sleeper = new AbortController();
      sleepers.add(sleeper);
      await pause(POLL_MS, AbortSignal.any([sleeper.signal, signal, closing.signal]));
      sleepers.delete(sleeper);
    },
    async close() {
      closing.abort();
      await listening;
    },
  };
}
