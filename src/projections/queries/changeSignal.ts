import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { hearNotices } from '../../postgresNotices.ts';

const POLL_MS = 1_000;

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
        hearNotices({
          url: options.url,
          channel: options.channel,
          onNotice: tell,
          onLost: () => options.logger.warn('cannot listen for changes, polling only'),
          signal: closing.signal,
        }),
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
