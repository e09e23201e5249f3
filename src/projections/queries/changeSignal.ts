import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { connectionSettings } from '../../postgres.ts';

const POLL_MS = 1_000;
const MIN_RECONNECT_MS = 250;
const MAX_RECONNECT_MS = 30_000;

export type ChangeSignalOptions = {
  readonly url: string;
  /** PostgreSQL's channel that is listened to */
  readonly channel: string;
  /** something that is another value after every change */
  readonly fingerprint: () => Promise<string>;
  readonly logger: Logger;
};

export type ChangeSignal = {
  /** Calls back whenever something may have changed. Returns how to stop. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
};

/**
 * Wakes listeners on every notification and, as notifications get lost, whenever the fingerprint is not what it was a
 * second ago. Works from the first listener on, with a connection of its own, until it is closed.
 */
export function createChangeSignal(options: ChangeSignalOptions): ChangeSignal {
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let work: Promise<unknown> | undefined;

  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  return {
    onChange(listener) {
      const own = () => listener();
      listeners.add(own);
      work ??= Promise.all([
        listen(options, tell, closing.signal),
        poll(options.fingerprint, () => listeners.size > 0, tell, closing.signal),
      ]);
      return () => listeners.delete(own);
    },
    async close() {
      closing.abort();
      listeners.clear();
      await work;
    },
  };
}

async function listen(options: ChangeSignalOptions, tell: () => void, closing: AbortSignal): Promise<void> {
  let pause = MIN_RECONNECT_MS;
  while (!closing.aborted) {
    const client = new pg.Client(connectionSettings(options.url));
    const end = () => client.end().catch(() => {});
    const lost = new Promise<void>((resolve) => {
      client.once('end', resolve).on('error', () => resolve());
    });
    client.on('notification', tell);
    closing.addEventListener('abort', end, { once: true });
    try {
      await client.connect();
      await client.query(`listen ${options.channel}`);
      pause = MIN_RECONNECT_MS;
      // for what happened while nobody listened
      tell();
      await lost;
    } catch (error) {
      if (!closing.aborted) options.logger.warn({ err: error }, 'cannot listen for changes, polling only');
    } finally {
      closing.removeEventListener('abort', end);
      await end();
    }
    await wait(pause * (0.5 + Math.random() / 2), closing);
    pause = Math.min(pause * 2, MAX_RECONNECT_MS);
  }
}

/** A fingerprint that cannot be read says nothing: who reads the tables is told that they are away. */
async function poll(
  fingerprint: () => Promise<string>,
  wanted: () => boolean,
  tell: () => void,
  closing: AbortSignal,
): Promise<void> {
  let last: string | undefined;
  while (!closing.aborted) {
    const seen = wanted() ? await fingerprint().catch(() => last) : undefined;
    if (seen !== undefined && last !== undefined && seen !== last) tell();
    last = seen;
    await wait(POLL_MS, closing);
  }
}

function wait(ms: number, closing: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal: closing }).catch(() => {});
}
