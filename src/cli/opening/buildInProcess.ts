import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../config.ts';
import { CommslogError, type ErrorCode } from '../../errors.ts';
import type { ReadModelVersion, RunOptions } from '../../projections/index.ts';
import type { Logger } from './logger.ts';

/**
 * What a build may take, whatever the log's length. Of a heap with so small a bound V8 lets only a little grow between two
 * collections, which costs a third of the speed: so it is told how much.
 */
const MEMORY = [
  '--max-old-space-size=256',
  '--heap-growing-percent=200',
  '--max-semi-space-size=16',
  // the low priority of a build is that of one thread: V8's helpers would take the processor from those who read
  '--single-threaded-gc',
];

export type BuildWork = {
  readonly databaseUrl: string;
  readonly eventStoreUrl?: string | undefined;
  readonly logLevel: string;
  readonly version: ReadModelVersion;
};

export type BuildOutcome =
  | { readonly kind: 'ended' }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'broken'; readonly error: string };

/** Builds a version in a process of its own: requests are answered meanwhile, and its memory has a bound. */
export function buildInProcess({
  config,
  url,
  logger,
}: {
  readonly config: Pick<Config, 'EVENTSTORE_URL'>;
  readonly url: string;
  readonly logger: Logger;
}): NonNullable<RunOptions['build']> {
  return async (version, signal) => {
    const work: BuildWork = {
      databaseUrl: url,
      eventStoreUrl: config.EVENTSTORE_URL,
      logLevel: logger.level,
      version,
    };
    // this file with another name: it is TypeScript in a checkout and JavaScript in the package
    const file = fileURLToPath(import.meta.url).replace('buildInProcess', 'buildProcess');
    const builder = fork(file, {
      execArgv: [...process.execArgv, ...MEMORY],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let outcome: BuildOutcome = { kind: 'broken', error: 'the process ended' };
    builder.on('message', (told: BuildOutcome) => {
      outcome = told;
    });
    // it ends by itself when nobody listens any more, also when this process is killed
    const stop = () => {
      if (builder.connected) builder.disconnect();
    };
    const ended = once(builder, 'exit');
    builder.send(work);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await ended;
    } finally {
      signal.removeEventListener('abort', stop);
    }
    if (!signal.aborted) throwUnlessEnded(outcome);
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
