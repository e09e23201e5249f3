import { once } from 'node:events';
import { loadConfig } from '../../config.ts';
import { RefusedFolder } from '../../log/refusedFolder.ts';
import { systemClock } from '../../ports/clock.ts';
import type { LeaseState } from '../../ports/lease.ts';
import { dataDirOf, isDemo } from '../opening/dataDir.ts';
import { createLogger } from '../opening/logger.ts';
import { fillGaps } from './backfilling.ts';
import { banner } from './banner.ts';
import { listenToDemo } from './demo.ts';
import { watchHealth } from './health.ts';
import { configuredSources, listen } from './listening.ts';
import { type ProjectorTries, project } from './projecting.ts';
import { type Run, unlessStopped, whenThere } from './run.ts';
import { Closing, stopSignal, survive } from './shutdown.ts';
import { beginToOpenLog, keepOurLeases, openDataFolder, openTables, startDatabase } from './storage.ts';
import { serveWeb } from './web.ts';

/** For what is still said when everything that can be closed is closed. */
const LAST_WORDS_MS = 500;

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
    // a connection that does not answer would hold the process
    if (!(await run.closing.close(logger))) setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
  }
  if (stop.error() !== null) throw stop.error();
}

/** The stages, each of which leaves to the run how it is closed. Listening comes first: what is not heard is lost. */
async function start(run: Run): Promise<void> {
  const { config, logger } = run;
  openDataFolder(run);
  const database = await startDatabase(run);
  const leases = await keepOurLeases(run, database);
  const log = beginToOpenLog(run, database);
  const refusedFacts = new RefusedFolder(dataDirOf(config));
  const startedAt = systemClock.now();
  const sources = configuredSources(config.pbxs, logger);
  const listenings = [await listen(run, sources, { log, leases, refusedFacts })];

  const tables = await openTables(run, database);
  await unlessStopped(run, log.opened);
  const lock = { state: () => worstOf(listenings.flatMap((listening) => listening.leaseStates())) };
  const pbxStates = () => listenings.flatMap((listening) => listening.states());
  const failedTries: ProjectorTries = new Map();
  const health = await watchHealth(run, { database, log, lock, refusedFacts, pbxStates, failedTries });
  const web = await serveWeb(run, {
    ...tables,
    log,
    health,
    stopListening: () => Promise.all(listenings.map((listening) => listening.stop())),
  });
  console.log(banner(run, database, web));
  if (!run.isDemo && sources.length === 0) logger.warn('no PBX is configured (AMI_HOST): nothing is listened to');

  await project(run, { ...tables, log, failedTries });
  const current = await whenThere(run, () => tables.readModel.current());
  for (const listening of listenings) listening.resume(current, startedAt);
  fillGaps(run, log);
  if (run.isDemo) listenings.push(await listenToDemo(run, current, { log, leases, refusedFacts }));
}

/** Of the leases on all PBXs the one that is held least. */
function worstOf(states: readonly LeaseState[]): LeaseState {
  return states.find((state) => state !== 'held') ?? 'held';
}
