import type { Logger } from '../opening/logger.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * The signal to stop: aborts on SIGINT or SIGTERM, or when `fail` reports what the program cannot go on without. A
 * second signal ends the process at once.
 */
export function stopSignal(logger: Logger): {
  readonly signal: AbortSignal;
  fail(error: unknown): void;
  error(): unknown;
} {
  const controller = new AbortController();
  let failure: unknown = null;
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      logger.info({ signal: name }, 'stopping');
      controller.abort();
    });
  }
  return {
    signal: controller.signal,
    fail: (error) => {
      failure ??= error;
      controller.abort();
    },
    error: () => failure,
  };
}

/** What was opened, to be closed in the opposite order, each part whatever became of the others. */
export class Closing {
  readonly #steps: { name: string; close: () => Promise<unknown> }[] = [];

  add(name: string, close: () => Promise<unknown>): void {
    this.#steps.unshift({ name, close });
  }

  async close(logger: Logger): Promise<void> {
    for (const { name, close } of this.#steps.splice(0)) {
      try {
        await close();
      } catch (error) {
        logger.error(
          { part: name, error: error instanceof Error ? error.name : 'unknown' },
          'did not close in good order',
        );
      }
    }
  }
}
