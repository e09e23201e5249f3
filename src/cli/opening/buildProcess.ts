// The process of one build, see `buildInProcess`. It is told its work, says how it ended, and stops with who asked for it.
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { z } from 'zod';
import { storedRulesSchema } from '../../domain/rules.ts';
import { nameOf } from '../../errorPolicy.ts';
import { CommslogError } from '../../errors.ts';
import { systemClock } from '../../ports/clock.ts';
import { createPool, toDatabaseError } from '../../postgres.ts';
import { buildVersion, controlDb } from '../../projections/index.ts';
import type { BuildOutcome } from './buildInProcess.ts';
import { createLogger } from './logger.ts';
import { openLog } from './openLog.ts';

const workSchema = z.object({
  databaseUrl: z.string(),
  eventStoreUrl: z.string().optional(),
  logLevel: z.string(),
  version: z.object({ version: z.int(), schema: z.string(), derivation: z.string(), rules: storedRulesSchema }),
});

const stop = new AbortController();
process.once('disconnect', () => stop.abort());
// Ctrl-C reaches every process of the terminal; the one that asked for the build decides
process.on('SIGINT', () => {});
// whoever asks for a page comes before the build
setPriority(constants.priority.PRIORITY_LOW);

const [work] = await once(process, 'message');
const ended: BuildOutcome = { kind: 'ended' };
const outcome = await build(workSchema.parse(work)).then(() => ended, outcomeOf);
if (process.connected) process.send?.(outcome, () => process.disconnect());

async function build({ databaseUrl, eventStoreUrl, logLevel, version }: z.infer<typeof workSchema>): Promise<void> {
  const logger = createLogger(logLevel);
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

/** An error as it can be told to another process; the text of one that is not ours may quote a row. */
function outcomeOf(thrown: unknown): BuildOutcome {
  const error = toDatabaseError(thrown);
  if (error instanceof CommslogError) return { kind: 'refused', code: error.code, message: error.message };
  return { kind: 'broken', error: nameOf(error) };
}
