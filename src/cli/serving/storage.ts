import { resolve } from 'node:path';
import { type KeptEmbedded, keepEmbeddedPostgres, keepLeases, type Leases } from '../../adapters/postgres/index.ts';
import { dangerOf, makeDataFolder } from '../../dataFolder.ts';
import { lockFolder } from '../../folderLock.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import { controlDb, createReadModel, migrate } from '../../projections/index.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import { openLog } from '../opening/openLog.ts';
import type { Identity } from './identity.ts';
import { LateLog } from './lateLog.ts';
import { openPools, type Pools } from './pools.ts';
import { type Run, unlessStopped, whenThere } from './run.ts';
import { CLOSE_SAFELY_MS } from './shutdown.ts';

/** The database, and the embedded server when it is one of our own. */
export type Database = { readonly url: string; readonly embedded: KeptEmbedded | null };

/** The read model, and the connections to its database. */
export type Tables = { readonly pools: Pools; readonly url: string; readonly readModel: ReadModel };

/** Makes the folder of all that this installation keeps in files. Errors: `DATA_DIR_UNUSABLE`. */
export function openDataFolder({ config, logger }: Run): void {
  const folder = resolve(dataDirOf(config));
  makeDataFolder(folder);
  const danger = dangerOf(folder);
  if (danger !== null) logger.warn(danger);
}

/**
 * The database of DATABASE_URL, which may be away, or an embedded one of our own, which is kept running; with DATA_DIR for
 * this process alone. Errors: `DATA_DIR_IN_USE`.
 */
export async function startDatabase(run: Run): Promise<Database> {
  const { config, logger, closing, stop } = run;
  if (config.DATABASE_URL !== undefined) {
    await lockDataFolder(run);
    return { url: config.DATABASE_URL, embedded: null };
  }
  const start = () => keepEmbeddedPostgres(dataDirOf(config), { logger, signal: stop.signal });
  const embedded = await whenThere(run, start);
  closing.add('database', embedded.stop, CLOSE_SAFELY_MS);
  embedded.failed.catch(stop.fail);
  return { url: embedded.url, embedded };
}

/** Servers may share a database, but never a journal. An embedded database locks the folder itself. */
async function lockDataFolder({ config, closing }: Run): Promise<void> {
  const folder = resolve(dataDirOf(config));
  const lock = await lockFolder(
    folder,
    `Another process uses DATA_DIR (${folder}). Stop it, or give this one a DATA_DIR of its own.`,
  );
  closing.add('data folder', () => lock.release());
}

/**
 * The leases by which it is settled what this server does and what others do. PostgreSQL has said whose they are, or is
 * away. Errors: those of a database that refuses us.
 */
export async function keepOurLeases(run: Run, { url }: Database, server: Identity): Promise<Leases> {
  const { logger, closing } = run;
  const leases = keepLeases(url, { server, logger });
  closing.add('leases', () => leases.close());
  await unlessStopped(run, leases.asked);
  return leases;
}

/** The log, which is opened as soon as it answers; who writes to it before has to wait. */
export function beginToOpenLog(run: Run, { url }: Database): LateLog {
  const { config, logger, closing, stop } = run;
  const log = new LateLog(whenThere(run, () => openLog(config, url, logger)));
  closing.add('log', () => log.close());
  log.opened.catch(stop.fail);
  return log;
}

/** The tables of the read model, brought up to date. */
export async function openTables(run: Run, { url }: Database): Promise<Tables> {
  const { logger, closing } = run;
  const pools = openPools(url, () => logger.warn('lost an idle database connection'));
  closing.add('pools', () => pools.close());
  await whenThere(run, () => migrate(controlDb(pools.administering)));
  const readModel = createReadModel({ pool: pools.reading, expensive: pools.expensive, url, logger });
  closing.add('read model', () => readModel.close());
  return { pools, url, readModel };
}
