// The thread of one build, see `buildInThread`. Its own connections: nothing is shared with the thread that serves.
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { rulesSchema } from '../domain/rules.ts';
import { CommslogError } from '../errors.ts';
import { systemClock } from '../ports/clock.ts';
import { createPool } from '../postgres.ts';
import { buildVersion, controlDb } from '../projections/index.ts';
import type { BuildOutcome } from './buildInThread.ts';
import { createLogger } from './logger.ts';
import { openLog } from './openLog.ts';

const workSchema = z.object({
  databaseUrl: z.string(),
  eventStoreUrl: z.string().optional(),
  logLevel: z.string(),
  version: z.object({ version: z.int(), schema: z.string(), derivation: z.string(), rules: rulesSchema }),
});

// of this thread alone on Linux, elsewhere of the whole process: whoever asks for a page comes before the build
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

const { databaseUrl, eventStoreUrl, logLevel, version } = workSchema.parse(workerData);
const logger = createLogger(logLevel);
const stop = new AbortController();
parentPort?.once('message', () => stop.abort());
// who may still say stop does not keep the thread alive
parentPort?.unref();

const ended: BuildOutcome = { kind: 'ended' };
parentPort?.postMessage(await build().then(() => ended, outcomeOf));

async function build(): Promise<void> {
  const pool = createPool(databaseUrl, { max: 2, onError: () => logger.warn('lost a database connection') });
  try {
    const log = await openLog({ EVENTSTORE_URL: eventStoreUrl }, databaseUrl, logger);
    try {
      const db = controlDb(pool);
      await buildVersion({ version, db, pool, log, logger, clock: systemClock, signal: stop.signal });
    } finally {
      await log.close();
    }
  } finally {
    await pool.end();
  }
}

/** An error as it can be told to another thread; the text of one that is not ours may quote a row. */
function outcomeOf(error: unknown): BuildOutcome {
  if (error instanceof CommslogError) return { kind: 'refused', code: error.code, message: error.message };
  return { kind: 'broken', error: error instanceof Error ? error.name : typeof error };
}
