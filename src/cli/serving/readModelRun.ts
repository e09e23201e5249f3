import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Config } from '../../config.ts';
import { hasCode } from '../../errors.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import {
  activateWaiting,
  controlDb,
  ensureVersion,
  rulesInForce,
  runVersions,
  seeRules,
} from '../../projections/index.ts';
import { buildInProcess } from '../opening/buildInProcess.ts';
import type { Logger } from '../opening/logger.ts';
import { proposedRules } from '../opening/rulesFile.ts';
import { whyRebuild } from '../text/whyRebuild.ts';

const RETRY_MS = 1_000;

export type ReadModelParts = {
  readonly config: Pick<Config, 'RULES_FILE' | 'COUNTRY' | 'AUTO_ACTIVATE' | 'ROLLBACK_HOURS' | 'EVENTSTORE_URL'>;
  readonly pool: pg.Pool;
  /** the same database, for the locks on versions */
  readonly url: string;
  readonly log: EventStore;
  readonly logger: Logger;
  readonly signal: AbortSignal;
};

/**
 * Makes sure that there is an active version, says what waits for a rebuild, then builds and follows versions until
 * stopped: `done`. Waits for a log that is away. Null when stopped first.
 */
export async function runReadModel(parts: ReadModelParts): Promise<{ readonly done: Promise<void> } | null> {
  const { config, pool, log, logger, signal } = parts;
  const db = controlDb(pool);
  const { rules, source } = proposedRules(config);
  for (let said = false; !signal.aborted; said = true) {
    try {
      await ensureVersion({ db, log, rules, rulesSource: source, clock: systemClock });
      await seeRules(db, rules);
      await sayWhatWaits(parts);
      const rollbackHours = config.ROLLBACK_HOURS;
      const running = runVersions({ ...parts, db, clock: systemClock, rollbackHours, build: buildInProcess(parts) });
      return { done: Promise.all([running, activate(parts)]).then(() => {}) };
    } catch (error) {
      if (!hasCode(error, 'LOG_UNAVAILABLE', 'LOG_OUTCOME_UNKNOWN', 'DATABASE_UNAVAILABLE')) throw error;
      if (!said) logger.warn({ code: error.code }, 'waiting for the log');
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}

async function sayWhatWaits({ pool, logger, config }: ReadModelParts): Promise<void> {
  const waiting = (await rulesInForce(controlDb(pool)))?.waiting;
  if (!waiting) return;
  const { reason, derivation } = waiting;
  const how = config.AUTO_ACTIVATE ? 'it is built and served without asking' : 'see `commslog rebuild --dry-run`';
  logger.warn({ reason, derivation }, `a rebuild waits: ${whyRebuild(reason)}; ${how}`);
}

async function activate({ config, ...parts }: ReadModelParts): Promise<void> {
  if (config.AUTO_ACTIVATE) await activateWaiting({ ...parts, db: controlDb(parts.pool), clock: systemClock });
}
