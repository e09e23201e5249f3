import { once } from 'node:events';
import { resolve } from 'node:path';
import { loadConfig } from '../../config.ts';
import { RefusedFolder } from '../../log/refusedFolder.ts';
import { systemClock } from '../../ports/clock.ts';
import type { Database } from '../opening/database.ts';
import { dataDirOf, isDemo } from '../opening/dataDir.ts';
import { createLogger } from '../opening/logger.ts';
import { banner } from './banner.ts';
import { listenToDemo } from './demo.ts';
import { configuredSources, listen } from './listening.ts';
import { project } from './projecting.ts';
import { type Run, unlessStopped, whenThere } from './run.ts';
import { Closing, stopSignal, survive } from './shutdown.ts';
import { beginToOpenLog, openTables, startDatabase, takeLock } from './storage.ts';
import { serveWeb, type Web } from './web.ts';

/** `commslog serve`: everything in one process, until a signal stops it. This is where the rooms are wired together. */
export async function serve(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL);
  const stop = stopSignal(logger);
  survive(logger, stop);
  const run: Run = { config, isDemo: isDemo(config), logger, stop, closing: new Closing() };
  try {
    await start(run);
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
  } catch (error) {
    stop.fail(error);
  } finally {
    await run.closing.close(logger);
  }
  if (stop.error() !== null) throw stop.error();
}

/** The stages, each of which leaves to the run how it is closed. Listening comes first: what is not heard is lost. */
async function start(run: Run): Promise<void> {
  const { config, logger } = run;
  const database = await startDatabase(run);
  const lock = await takeLock(run, database);
  const log = beginToOpenLog(run, database, lock);
  const refusedFacts = new RefusedFolder(dataDirOf(config));
  const startedAt = systemClock.now();
  const sources = configuredSources(config.pbxs, logger);
  const listenings = [listen(run, sources, { log, lock, refusedFacts })];

  const tables = await openTables(run, database, lock);
  await unlessStopped(run, log.opened);
  const web = await serveWeb(run, {
    ...tables,
    log,
    lock,
    refusedFacts,
    pbxStates: () => listenings.flatMap((listening) => listening.states()),
    stopListening: () => Promise.all(listenings.map((listening) => listening.stop())),
  });
  sayHello(run, database, web);

  await project(run, { ...tables, log });
  const current = await whenThere(run, () => tables.readModel.current());
  for (const listening of listenings) listening.resume(current, startedAt);
  if (run.isDemo) listenings.push(await listenToDemo(run, current, { log, lock, refusedFacts }));
}

function sayHello({ config, isDemo: demo, logger }: Run, database: Database, { url, link }: Web): void {
  console.log(
    banner({
      url,
      link,
      mode: demo ? 'DEMO: made-up calls from recordings (DEMO=off starts empty)' : 'production',
      log: config.EVENTSTORE_URL === undefined ? 'PostgreSQL' : 'EventStoreDB',
      pbxs: demo ? ['demo (recordings, replayed on this machine)'] : config.pbxs.map(({ id }) => id),
      dataDir: database.embedded ? resolve(dataDirOf(config)) : 'in the database of DATABASE_URL',
    }),
  );
  if (!demo && config.pbxs.length === 0) logger.warn('no PBX is configured (AMI_HOST): nothing is listened to');
}
