import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectionSettings } from './postgres.ts';

const MIN_RECONNECT_MS = 250;
const MAX_RECONNECT_MS = 30_000;

export type NoticesOptions = {
  readonly url: string;
  /** PostgreSQL's channel */
  readonly channel: string;
  /** called for every notification, and after each (re)connection for those that nobody heard */
  readonly onNotice: () => void;
  /** the connection is away; it is tried again with back-off and jitter */
  readonly onLost: (error: unknown) => void;
  readonly signal: AbortSignal;
};

/**
 * Listens on a connection of its own until `signal` aborts. Notifications are a wake-up, never the truth: they get lost,
 * so who listens polls besides.
 */
export async function hearNotices({ url, channel, onNotice, onLost, signal }: NoticesOptions): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let pause = MIN_RECONNECT_MS;
  while (!signal.aborted) {
    const client = new pg.Client(connectionSettings(url));
    const lost = new Promise<void>((resolve) => {
      client.once('end', resolve).on('error', () => resolve());
    });
    client.on('notification', onNotice);
    const connected = async () => {
      await client.connect();
      await client.query(`listen ${channel}`);
      pause = MIN_RECONNECT_MS;
      onNotice();
      await lost;
    };
    try {
      // the driver forgets who waits for a connection that is ended before it is there: so `aborted` stands here
      await Promise.race([connected(), aborted]);
    } catch (error) {
      onLost(error);
    } finally {
      void client.end().catch(() => {});
    }
    await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
    pause = Math.min(pause * 2, MAX_RECONNECT_MS);
  }
}
