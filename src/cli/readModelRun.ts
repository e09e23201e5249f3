import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Config } from '../config.ts';
import { hasCode } from '../errors.ts';
import { systemClock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { controlDb, ensureVersion, type Projector, startProjector } from '../projections/index.ts';
import type { Logger } from './logger.ts';
import { proposedRules } from './rulesFile.ts';

const RETRY_MS = 1_000;

/** Brings the active version up to the log and keeps it there; waits for a log that is away. Null when stopped first. */
export async function runReadModel(parts: {
  readonly config: Pick<Config, 'RULES_FILE' | 'COUNTRY'>;
  readonly pool: pg.Pool;
  readonly log: EventStore;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<Projector | null> {
  const { pool, log, logger, signal } = parts;
  const { rules, source } = proposedRules(parts.config);
  const ensure = () => ensureVersion({ db: controlDb(pool), log, rules, rulesSource: source, clock: systemClock });
  for (let said = false; !signal.aborted; said = true) {
    try {
      return startProjector({ version: await ensure(), pool, log, logger, clock: systemClock, signal });
    } catch (error) {
      if (!hasCode(error, 'LOG_UNAVAILABLE', 'LOG_OUTCOME_UNKNOWN', 'DATABASE_UNAVAILABLE')) throw error;
      if (!said) logger.warn({ code: error.code }, 'waiting for the log');
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}
