import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Config } from '../config.ts';
import { CommslogError, type ErrorCode } from '../errors.ts';
import type { ReadModelVersion, RunOptions } from '../projections/index.ts';
import type { Logger } from './logger.ts';

/** What a build may take, whatever the log's length; V8 collects sooner instead of growing. */
const MEMORY = { maxOldGenerationSizeMb: 112, maxYoungGenerationSizeMb: 32 };

export type BuildWork = {
  readonly databaseUrl: string;
  readonly eventStoreUrl: string | undefined;
  readonly logLevel: string;
  readonly version: ReadModelVersion;
};

export type BuildOutcome =
  | { readonly kind: 'ended' }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'broken'; readonly error: string };

/** Builds a version in a thread of its own: requests are answered meanwhile, and its memory has a bound. */
export function buildInThread(parts: {
  readonly config: Pick<Config, 'EVENTSTORE_URL'>;
  readonly url: string;
  readonly logger: Logger;
}): NonNullable<RunOptions['build']> {
  return async (version, signal) => {
    const work: BuildWork = {
      databaseUrl: parts.url,
      eventStoreUrl: parts.config.EVENTSTORE_URL,
      logLevel: parts.logger.level,
      version,
    };
    // this file with another name: it is TypeScript in a checkout and JavaScript in the package
    const file = new URL(import.meta.url.replace('buildInThread', 'buildThread'));
    const thread = new Worker(file, { workerData: work, resourceLimits: MEMORY });
    const stop = () => thread.postMessage('stop');
    signal.addEventListener('abort', stop, { once: true });
    let outcome: BuildOutcome = { kind: 'broken', error: 'the thread ended' };
    thread.on('message', (told: BuildOutcome) => {
      outcome = told;
    });
    try {
      // out of memory, for one, is told as an error of the thread
      await once(thread, 'exit');
    } finally {
      signal.removeEventListener('abort', stop);
    }
    throwUnlessEnded(outcome);
  };
}

function throwUnlessEnded(outcome: BuildOutcome): void {
  switch (outcome.kind) {
    case 'ended':
      return;
    case 'refused':
      throw new CommslogError(outcome.code, outcome.message);
    case 'broken':
      throw new Error(outcome.error);
  }
}
