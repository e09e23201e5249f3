import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pseudonymisedTranscript } from '../../adapters/ami/index.ts';
import { keepServeLock } from '../../adapters/postgres/index.ts';
import { type Config, loadConfig } from '../../config.ts';
import type { Micros } from '../../domain/time.ts';
import { createHttp, createSignInLink, type HttpServer, isLoopback } from '../../http/index.ts';
import type { Listener } from '../../listening/index.ts';
import { createAuditTrail } from '../../log/auditTrail.ts';
import { RefusedFolder } from '../../log/refusedFolder.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { PbxSource } from '../../ports/pbxSource.ts';
import { createPool } from '../../postgres.ts';
import { controlDb, createHistory, createReadModel, createRebuilds, migrate } from '../../projections/index.ts';
import { openDatabase } from '../opening/database.ts';
import { dataDirOf, isDemo, rememberUrl } from '../opening/dataDir.ts';
import { createLogger, type Logger } from '../opening/logger.ts';
import { openLog } from '../opening/openLog.ts';
import { localSecret } from '../opening/secret.ts';
import { banner } from './banner.ts';
import { DEMO_COUNTRY, seedDemo, startDemoPbx } from './demo.ts';
import { health } from './health.ts';
import { runReadModel } from './readModelRun.ts';
import { Closing, stopSignal } from './shutdown.ts';
import { configuredSources, startListeners } from './sources.ts';

const PORTS_TRIED = 20;
const LONG_AGO = 0 as Micros;
const webDir = fileURLToPath(new URL('../../../dist/web/', import.meta.url));

/** `commslog serve`: everything in one process, until a signal stops it. This is where the rooms are wired together. */
export async function serve(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL);
  const stop = stopSignal(logger);
  const closing = new Closing();
  try {
    await start(config, logger, stop, closing);
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
  } finally {
    await closing.close(logger);
  }
  if (stop.error() !== null) throw stop.error();
}

async function start(
  config: Config,
  logger: Logger,
  stop: ReturnType<typeof stopSignal>,
  closing: Closing,
): Promise<void> {
  const demo = isDemo(config);
  const database = await openDatabase(config);
  closing.add('database', database.stop);
  const lock = keepServeLock(database.url, { logger });
  closing.add('lock', () => lock.release());
  await lock.acquired;
  const pool = createPool(database.url, { onError: () => logger.warn('lost an idle database connection') });
  closing.add('pool', () => pool.end());
  await migrate(controlDb(pool));

  const log = await openLog(config, database.url, logger);
  closing.add('log', () => log.close());
  const readModel = createReadModel({ pool, url: database.url, logger });
  closing.add('read model', () => readModel.close());

  let listeners: readonly Listener[] = [];
  const pbxStates = () => listeners.map((listener) => listener.state());
  const refusedFacts = new RefusedFolder(dataDirOf(config));
  const rebuilds = createRebuilds({
    pool,
    url: database.url,
    log,
    clock: systemClock,
    rollbackHours: config.ROLLBACK_HOURS,
  });
  const http = createHttp({
    readModel,
    log,
    history: createHistory({ pool, url: database.url, log, clock: systemClock, logger }),
    rebuilds,
    audit: createAuditTrail({ log, clock: systemClock }),
    transcript: pseudonymisedTranscript,
    pool,
    clock: systemClock,
    logger,
    publicUrl: config.PUBLIC_URL ?? null,
    corsOrigins: config.CORS_ORIGINS,
    secret: localSecret(config.DATA_DIR, config.AUTH_SECRET_FILE),
    issuer: issuerOf(config),
    demo,
    webDir,
    health: () => health({ pool, lock, log, readModel, rebuilds, refusedFacts, pbxStates }),
    pbxStates,
  });
  const port = await listenOnFreePort(http, config, logger);
  // side by side: each may take seconds, all together five
  closing.add('http and listeners', () => Promise.all([http.close(), ...listeners.map((listener) => listener.stop())]));
  const url = config.PUBLIC_URL ?? `http://${config.HTTP_HOST}:${port}`;
  rememberUrl(config, url);
  const linkable = url.startsWith('https:') || isLoopback(new URL(url).hostname);
  const admin = { sub: 'local', role: 'admin' } as const;
  const link = linkable ? await createSignInLink(pool, { ...admin, baseUrl: url, now: systemClock.now() }) : null;

  const sources = demo ? [] : configuredSources(config.pbxs, logger);
  console.log(
    banner({
      url,
      link,
      mode: demo ? 'DEMO: made-up calls from recordings (DEMO=off starts empty)' : 'production',
      log: config.EVENTSTORE_URL === undefined ? 'PostgreSQL' : 'EventStoreDB',
      pbxs: demo ? ['demo (recordings, replayed on this machine)'] : sources.map((source) => source.pbx),
      dataDir: database.embedded ? resolve(dataDirOf(config)) : 'in the database of DATABASE_URL',
    }),
  );
  if (!demo && sources.length === 0) logger.warn('no PBX is configured (AMI_HOST): nothing is listened to');

  const projecting = new AbortController();
  const rules = demo ? { RULES_FILE: config.RULES_FILE, COUNTRY: config.COUNTRY ?? DEMO_COUNTRY } : config;
  const versions = await runReadModel({
    config: { ...config, ...rules, AUTO_ACTIVATE: demo || config.AUTO_ACTIVATE },
    pool,
    url: database.url,
    log,
    logger,
    signal: AbortSignal.any([stop.signal, projecting.signal]),
  });
  if (versions === null) return;
  closing.add('read-model versions', async () => {
    projecting.abort();
    await versions.done.catch(() => undefined);
  });
  versions.done.catch(stop.fail);

  // a PBX of recordings forgets its calls when it stops
  const silentSince = demo ? LONG_AGO : systemClock.now();
  const heard = demo ? [await demoSource(log, logger, closing)] : sources;
  listeners = await startListeners(heard, { log, right: lock, readModel, logger, silentSince, refusedFacts });
  for (const listener of listeners) listener.done.catch(stop.fail);
}

async function demoSource(log: EventStore, logger: Logger, closing: Closing): Promise<PbxSource> {
  await seedDemo(log, logger);
  const pbx = await startDemoPbx(logger);
  closing.add('demo PBX', pbx.close);
  return pbx.source;
}

function issuerOf({ JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE }: Config) {
  if (JWT_JWKS_URL === undefined || JWT_ISSUER === undefined || JWT_AUDIENCE === undefined) return null;
  return { jwksUrl: JWT_JWKS_URL, issuer: JWT_ISSUER, audience: JWT_AUDIENCE };
}

/** The configured port, or the next one that is free. */
async function listenOnFreePort(http: HttpServer, config: Config, logger: Logger): Promise<number> {
  for (let port = config.HTTP_PORT; ; port += 1) {
    try {
      return (await http.listen({ host: config.HTTP_HOST, port })).port;
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken || port >= config.HTTP_PORT + PORTS_TRIED) throw error;
      logger.warn({ port }, 'the port is taken, trying the next one');
    }
  }
}
