import { once } from 'node:events';
import { resolve } from 'node:path';
import { loadConfig } from '../../config.ts';
import { ofFileIn } from '../../dataFolder.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import { isDemo } from '../opening/demoMode.ts';
import { createLogger } from '../opening/logger.ts';
import { keepHeapSmall } from '../opening/smallHeap.ts';
import { print } from '../text/print.ts';
import { banner } from './banner.ts';
import { answerDialRequests, openDialRequests } from './dialling.ts';
import { watchHealth } from './health.ts';
import { settleHttpOnly } from './httpOnly.ts';
import { identityOf } from './identity.ts';
import { ownServer } from './ownServer.ts';
import { type Run, unlessStopped, whenThere } from './run.ts';
import { Closing, stopSignal, survive } from './shutdown.ts';
import { beginToOpenLog, openDataFolder, openTables, startDatabase } from './storage.ts';
import { openHttp, serveWeb } from './web.ts';
import { beginToListen, NO_WORK } from './work.ts';

/** For what is still said when everything that can be closed is closed. */
const LAST_WORDS_MS = 500;

export type ServeOptions = {
  /** listening and projecting are left to other servers */
  readonly only?: 'http';
};

/** `commslog serve`: everything in one process, until a signal stops it. This is where the rooms are wired together. */
export async function serve({ only }: ServeOptions): Promise<void> {
  keepHeapSmall();
  const config = loadConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL);
  const stop = stopSignal(logger);
  survive(logger, stop);
  const mode = { isDemo: isDemo(config), isHttpOnly: only === 'http' };
  const run: Run = { config, ...mode, logger, stop, closing: new Closing(), troubles: new Map() };
  try {
    await start(run);
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
  } catch (error) {
    stop.fail(ofFileIn(resolve(dataDirOf(config)), error));
  } finally {
    // a connection that does not answer would hold the process
    if (!(await run.closing.close(logger))) setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
  }
  if (stop.error() !== null) throw stop.error();
}

/**
 * The stages, each of which leaves to the run how it is closed. HTTP answers from the first on: that the program lives and is
 * not ready. Listening comes before all that may have to be waited for: what is not heard is lost.
 */
async function start(run: Run): Promise<void> {
  if (run.isHttpOnly) settleHttpOnly(run);
  openDataFolder(run);
  const http = await openHttp(run);
  const database = await startDatabase(run);
  const identity = await identityOf(run);
  const log = beginToOpenLog(run, database);
  const work = run.isHttpOnly ? NO_WORK : await beginToListen(run, database, identity, log);

  const tables = await openTables(run, database);
  await unlessStopped(run, log.opened);
  const self = await whenThere(run, () => ownServer(run, identity, log));
  const health = await watchHealth(run, { database, log, self, work });
  const { leases, stopListening } = work;
  const requests = openDialRequests(run, tables);
  const web = await serveWeb(run, http, { ...tables, leases, log, health, requests, stopListening });
  print(banner(run, { database, self, pbxs: health.pbxs(), web }));
  if (!run.isHttpOnly) answerDialRequests(run, requests, { leases, log });
  await work.goOn(tables);
}
