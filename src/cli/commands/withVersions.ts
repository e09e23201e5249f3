import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { othersServe } from '../../adapters/postgres/index.ts';
import { type Config, loadConfig } from '../../config.ts';
import type { Author } from '../../domain/events.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { Rebuilds } from '../../ports/rebuilds.ts';
import { createPool } from '../../postgres.ts';
import { controlDb, createRebuilds, migrate, runVersions } from '../../projections/index.ts';
import { buildInProcess } from '../opening/buildInProcess.ts';
import { withDatabase } from '../opening/database.ts';
import { createLogger, type Logger } from '../opening/logger.ts';
import { openLog } from '../opening/openLog.ts';

const LOOK_AGAIN_MS = 1_000;

/** What a command about read-model versions works with. */
export type VersionsCommand = {
  readonly config: Config;
  readonly pool: pg.Pool;
  readonly url: string;
  readonly log: EventStore;
  readonly logger: Logger;
  readonly rebuilds: Rebuilds;
  readonly by: Author;
};

/** Opens the database and the log for one command, which acts as an admin. */
export async function withVersions<T>(work: (command: VersionsCommand) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL);
  return withDatabase(config, async (url) => {
    const pool = createPool(url);
    try {
      await migrate(controlDb(pool));
      const log = await openLog(config, url, logger);
      try {
        const rebuilds = createRebuilds({ pool, url, log, clock: systemClock, rollbackHours: config.ROLLBACK_HOURS });
        return await work({ config, pool, url, log, logger, rebuilds, by: whoAsks() });
      } finally {
        await log.close();
      }
    } finally {
      await pool.end();
    }
  });
}

/** Runs `work` while versions are built and followed: by the `serve` on this database; while there is none by this command. */
export async function whileFollowed<T>(
  { config, pool, url, log, logger }: VersionsCommand,
  work: () => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const db = controlDb(pool);
  const follow = async () => {
    while (!stop.signal.aborted && (await othersServe(pool))) {
      await sleep(LOOK_AGAIN_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    const build = buildInProcess({ config, url, logger });
    const rollbackHours = config.ROLLBACK_HOURS;
    await runVersions({ db, pool, url, log, logger, clock: systemClock, signal: stop.signal, build, rollbackHours });
  };
  const following = follow();
  try {
    return await Promise.race([work(), following.then(() => new Promise<never>(() => {}))]);
  } finally {
    stop.abort();
    await following.catch(() => undefined);
  }
}

function whoAsks(): Author {
  return { actor: { sub: `cli:${userInfo().username}`, role: 'admin' }, requestId: randomUUID() };
}
