import type { Logger } from 'pino';
import { hearNotices } from './postgresNotices.ts';

const POLL_MS = 1_000;

export type WakeUp = {
  /** Resolves when something was told since `armed()` was taken, at the latest after a second, or when aborted. */
  next(armed: number, signal: AbortSignal): Promise<void>;
  armed(): number;
  close(): Promise<void>;
};

/**
 * Says early that there may be something to read in PostgreSQL. Notifications get lost, so it says so every second anyway; while the
 * listening connection is away that is all it does.
 */
export function createWakeUp(url: string, channel: string, logger: Logger | undefined): WakeUp {
  const closing = new AbortController();
  const sleepers = new Set<() => void>();
  let wakes = 0;
  let listening: Promise<void> | undefined;

  const wake = () => {
    wakes += 1;
    for (const rouse of [...sleepers]) rouse();
  };

  const listen = () =>
    hearNotices({
      url,
      channel,
      onNotice: wake,
      onLost: () => logger?.warn('cannot listen for notices, polling only'),
      signal: closing.signal,
    });

  return {
    armed: () => wakes,
    next(armed, signal) {
      listening ??= listen();
      if (wakes !== armed || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const rouse = () => {
          clearTimeout(timer);
          sleepers.delete(rouse);
          signal.removeEventListener('abort', rouse);
          resolve();
        };
        const timer = setTimeout(rouse, POLL_MS);
        sleepers.add(rouse);
        signal.addEventListener('abort', rouse, { once: true });
      });
    },
    async close() {
      closing.abort();
      wake();
      await listening;
    },
  };
}
