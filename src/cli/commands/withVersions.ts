import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type pg from 'pg';
import { keepLeases, type Leases } from '../../adapters/postgres/index.ts';
import { type Config, loadConfig } from '../../config.ts';
import type { Author } from '../../domain/events.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { whenHeld } from '../../ports/lease.ts';
import type { Rebuilds } from '../../ports/rebuilds.ts';
import { createPool } from '../../postgres.ts';
import { controlDb, createRebuilds, migrate, runVersions, UPKEEP } from '../../projections/index.ts';
import { buildInProcess } from '../opening/buildInProcess.ts';
import { withDatabase } from '../opening/database.ts';
import { commandLogger, type Logger } from '../opening/logger.ts';
import { openLog } from '../opening/openLog.ts';

/** What a command about read-model versions works with. */
export type VersionsCommand = {
  readonly config: Config;
  readonly pool: pg.Pool;
  readonly url: string;
  readonly leases: Leases;
  readonly log: EventStore;
  readonly logger: Logger;
  readonly rebuilds: Rebuilds;
  readonly by: Author;
};

/** Opens the database and the log for one command, which acts as an admin. */
export async function withVersions<T>(work: (command: VersionsCommand) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env);
  const logger = commandLogger(config);
  return withDatabase(config, async (url) => {
    const pool = createPool(url);
    try {
      await migrate(controlDb(pool));
      const log = await openLog(config, url, logger);
      const leases = keepLeases(url, { server: { id: randomUUID(), name: `a command on ${hostname()}` }, logger });
      try {
        const rollbackHours = config.ROLLBACK_HOURS;
        const rebuilds = createRebuilds({ pool, leases, log, clock: systemClock, rollbackHours });
        return await work({ config, pool, url, leases, log, logger, rebuilds, by: whoAsks() });
      } finally {
        await leases.close();
        await log.close();
      }
    } finally {
      await pool.end();
    }
  });
}

/** Runs `work` while versions are built and followed: by a server on this database; while there is none by this command. */
export async function whileFollowed<T>(
  { config, pool, url, leases, log, logger }: VersionsCommand,
  work: () => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const db = controlDb(pool);
  const upkeep = leases.want(UPKEEP);
  const follow = async () => {
    await whenHeld(upkeep, stop.signal);
    const build = buildInProcess({ config, url, logger });
    const { signal } = stop;
    const rollbackHours = config.ROLLBACK_HOURS;
    const versions = { db, pool, leases, upkeep, log, logger, clock: systemClock, signal, rollbackHours };
    await runVersions({ ...versions, build });
  };
  const following = follow();
  try {
    return await Promise.race([work(), following.then(() => new Promise<never>(() => {}))]);
  } finally {
    stop.abort();
    await following.catch(() => undefined);
    await upkeep.release();
  }
}

function whoAsks(): Author {
  return { actor: { sub: `cli:${userInfo().username}`, role: 'admin' }, requestId: randomUUID() };
}
