import type { Config } from '../../config.ts';
import { nameOf, policyOf } from '../../errorPolicy.ts';
import { toDatabaseError } from '../../postgres.ts';
import { createBackoff, pause } from '../../retry.ts';
import type { Logger } from '../opening/logger.ts';
import type { Closing, Stop } from './shutdown.ts';

const RETRIES = { minMs: 200, maxMs: 2_000 };

/** One run of `serve`: what every stage of its start works with. */
export type Run = {
  readonly config: Config;
  /** a made-up company, where nothing of the user's own is configured */
  readonly isDemo: boolean;
  /** listening and projecting are left to other servers */
  readonly isHttpOnly: boolean;
  readonly logger: Logger;
  readonly stop: Stop;
  readonly closing: Closing;
  /** why the start does not go on, by what is tried again, in names that tell nothing personal; empty: it does */
  readonly troubles: Map<symbol, string>;
};

/** What the start waits for, in words. */
export function waitsFor({ troubles }: Pick<Run, 'troubles'>): string {
  if (troubles.size === 0) return 'it looks at what is there';
  return `it goes on when the database and the log answer (${[...new Set(troubles.values())].join(', ')})`;
}

/** What `work` gives. Throws when the run is stopped first. */
export async function unlessStopped<T>({ stop: { signal } }: Run, work: Promise<T>): Promise<T> {
  let leave = () => {};
  const stopped = new Promise<never>((_, reject) => {
    leave = () => reject(new Error('stopped'));
  });
  signal.addEventListener('abort', leave);
  if (signal.aborted) leave();
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** Does `work` as soon as the database and the log are there for it: tries again what passes by itself. */
export async function whenThere<T>(run: Run, work: () => Promise<T>): Promise<T> {
  const { logger, stop, troubles } = run;
  const waits = createBackoff(RETRIES);
  const tried = Symbol();
  try {
    for (;;) {
      try {
        return await unlessStopped(run, work());
      } catch (error) {
        if (stop.signal.aborted || policyOf(error) !== 'later') throw error;
        const code = nameOf(toDatabaseError(error));
        if (!troubles.has(tried)) logger.warn({ code }, 'the start goes on when the database and the log answer');
        troubles.set(tried, code);
        await pause(waits.next(), stop.signal);
      }
    }
  } finally {
    troubles.delete(tried);
  }
}
