import pg from 'pg';
import type { Logger } from 'pino';
import { connectionSettings } from '../../../postgres.ts';
import { pause } from '../pause.ts';

const POLL_MS = 1_000;
const MIN_RECONNECT_MS = 250;
const MAX_RECONNECT_MS = 30_000;

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

  const listen = async () => {
    const closed = new Promise<void>((resolve) => {
      closing.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    let reconnectMs = MIN_RECONNECT_MS;
    while (!closing.signal.aborted) {
      const client = new pg.Client(connectionSettings(url));
      const lost = new Promise<void>((resolve) => {
        client.once('end', resolve).on('error', () => resolve());
      });
      client.on('notification', wake);
      const connect = async () => {
        await client.connect();
        await client.query(`listen ${channel}`);
        reconnectMs = MIN_RECONNECT_MS;
        // for what was appended while nobody listened
        wake();
        await lost;
      };
      try {
        // the driver forgets who waits for a connection that is ended before it is there: so `closed` stands here
        await Promise.race([connect(), closed]);
      } catch (error) {
        logger?.warn({ err: error }, 'cannot listen for appends, polling only');
      } finally {
        await client.end().catch(() => {});
      }
      await pause(reconnectMs, closing.signal);
      reconnectMs = Math.min(reconnectMs * 2, MAX_RECONNECT_MS);
    }
  };

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
