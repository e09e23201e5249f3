import pg from 'pg';
import { unlessAborted } from './aborting.ts';
import { connectionSettings } from './postgres.ts';
import { createBackoff, pause } from './retry.ts';

const RECONNECTS = { minMs: 250, maxMs: 30_000 };

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
  const waits = createBackoff(RECONNECTS);
  while (!signal.aborted) {
    const client = new pg.Client(connectionSettings(url));
    const lost = new Promise<void>((resolve) => {
      client.once('end', resolve).on('error', () => resolve());
    });
    client.on('notification', onNotice);
    const connected = async () => {
      await client.connect();
      await client.query(`listen ${channel}`);
      waits.reset();
      onNotice();
      await lost;
    };
    try {
      // the driver forgets who waits for a connection that is ended before it is there: so the signal stands here
      await unlessAborted(connected(), signal);
    } catch (error) {
      onLost(error);
    } finally {
      void client.end().catch(() => {});
    }
    await pause(waits.next(), signal);
  }
}
