import { endAllAtOnce } from '../../adapters/postgres/index.ts';
import { within } from '../../deadline.ts';
import { nameOf } from '../../errorPolicy.ts';
import { CommslogError } from '../../errors.ts';
import type { Logger } from '../opening/logger.ts';
import { framesOf } from '../text/framesOf.ts';

/** What a shell gives a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Signals that come so close together are one wish: npm hands on the Ctrl-C that the terminal has sent to all, too. */
const ONE_WISH_MS = 1_000;

/** Of a part that holds nothing which must not be lost: that is on the disk before the log and the database are closed. */
const CLOSE_MS = 5_000;
/** Of a part that writes to the disk what must not be lost, and of PostgreSQL. */
export const CLOSE_SAFELY_MS = 60_000;

/** When to stop, and why. */
export type Stop = {
  readonly signal: AbortSignal;
  /** The program cannot go on. What fails while it stops already is no reason any more. */
  fail(error: unknown): void;
  error(): unknown;
};

/**
 * Stops on SIGINT or SIGTERM, or when `fail` is called. A second signal, a second later, ends the process as soon as its
 * PostgreSQL is ended by the hardest way that still leaves nothing behind.
 */
export function stopSignal(logger: Logger): Stop {
  const controller = new AbortController();
  let failure: unknown = null;
  let wishedAt: number | null = null;
  for (const name of SIGNALS) {
    process.on(name, () => {
      const now = performance.now();
      if (wishedAt !== null) {
        if (now - wishedAt > ONE_WISH_MS) void endAllAtOnce().finally(() => process.exit(INTERRUPTED));
        return;
      }
      wishedAt = now;
      logger.info({ signal: name }, 'stopping');
      controller.abort();
    });
  }
  return {
    signal: controller.signal,
    fail: (error) => {
      if (!controller.signal.aborted) failure = error;
      controller.abort();
    },
    error: () => failure,
  };
}

/**
 * What nobody caught does not end the process without a word: a promise that was rejected (of a package, say) is logged,
 * everything goes on, and the exit code tells it; after a thrown error nothing is known to be in order, so everything is
 * closed and the process ends. Of the error only its name is told: its text may quote what was to be stored.
 */
export function survive(logger: Logger, stop: Stop): void {
  process.on('unhandledRejection', (reason) => {
    process.exitCode = 1;
    logger.error(
      { error: nameOf(reason), at: framesOf(reason) },
      'a promise was rejected and nobody had asked: going on',
    );
  });
  process.on('uncaughtException', (error) => {
    logger.fatal({ error: nameOf(error), at: framesOf(error) }, 'an error was thrown that nobody caught: stopping');
    stop.fail(new CommslogError('INTERNAL', 'The program has met an error that nobody caught; its log says which.'));
  });
}

/** What was opened, to be closed in the opposite order, each part whatever became of the others. */
export class Closing {
  readonly #steps: { name: string; close: () => Promise<unknown>; withinMs: number }[] = [];

  /** What takes longer than `withinMs` to close is left to the end of the process. */
  add(name: string, close: () => Promise<unknown>, withinMs = CLOSE_MS): void {
    this.#steps.unshift({ name, close, withinMs });
  }

  /** False: something was left, and may hold the process. */
  async close(logger: Logger): Promise<boolean> {
    let isClosed = true;
    const late = () => {
      isClosed = false;
      throw Object.assign(new Error('it did not close in time'), { name: 'Late' });
    };
    for (const { name, close, withinMs } of this.#steps.splice(0)) {
      try {
        await within(withinMs, close(), late);
      } catch (error) {
        logger.error(
          { part: name, error: error instanceof Error ? error.name : 'unknown' },
          'did not close in good order',
        );
      }
    }
    return isClosed;
  }
}
