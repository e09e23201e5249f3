import { fileURLToPath } from 'node:url';
import { pseudonymisedTranscript } from '../../adapters/ami/index.ts';
import type { Leases } from '../../adapters/postgres/index.ts';
import type { Config } from '../../config.ts';
import { createHttp, createSignInLink, type HttpServer, isLoopback } from '../../http/index.ts';
import { createAuditTrail } from '../../log/auditTrail.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { Health } from '../../ports/health.ts';
import { createHistory, createRebuilds } from '../../projections/index.ts';
import { rememberUrl } from '../opening/dataDir.ts';
import type { Logger } from '../opening/logger.ts';
import { programName } from '../opening/programName.ts';
import { localSecret } from '../opening/secret.ts';
import type { Run } from './run.ts';
import { CLOSE_SAFELY_MS } from './shutdown.ts';
import type { Tables } from './storage.ts';

const PORTS_TRIED = 20;
const webDir = fileURLToPath(new URL('../../../dist/web/', import.meta.url));

/** Where the web app is reached, and the link that signs an admin in; null: such links need https. */
export type Web = { readonly url: string; readonly link: string | null };

type Deps = Tables & {
  readonly leases: Pick<Leases, 'tryTake'>;
  readonly log: EventStore;
  readonly health: Health;
  /** stops the listeners */
  readonly stopListening: () => Promise<unknown>;
};

/** API and web app, on the configured port or the next one that is free. */
export async function serveWeb(run: Run, deps: Deps): Promise<Web> {
  const { config, logger, closing } = run;
  const http = createServer(run, deps);
  const port = await listenOnFreePort(http, config, logger);
  // side by side: each may take seconds, all together five
  const close = () => Promise.all([http.close(), deps.stopListening()]);
  closing.add('http and listeners', close, CLOSE_SAFELY_MS);
  const url = config.PUBLIC_URL ?? `http://${config.HTTP_HOST}:${port}`;
  rememberUrl(config, url);
  const linkable = url.startsWith('https:') || isLoopback(new URL(url).hostname);
  const admin = { sub: 'local', role: 'admin' } as const;
  const now = systemClock.now();
  return { url, link: linkable ? await createSignInLink(deps.pool, { ...admin, baseUrl: url, now }) : null };
}

function createServer({ config, isDemo: demo, logger }: Run, deps: Deps): HttpServer {
  const { pool, url, leases, log, readModel, health } = deps;
  const clock = systemClock;
  const rebuilds = createRebuilds({ pool, leases, log, clock, rollbackHours: config.ROLLBACK_HOURS });
  return createHttp({
    readModel,
    log,
    history: createHistory({ pool, url, log, clock, logger }),
    rebuilds,
    audit: createAuditTrail({ log, clock }),
    transcript: pseudonymisedTranscript,
    pool,
    clock,
    logger,
    publicUrl: config.PUBLIC_URL ?? null,
    corsOrigins: config.CORS_ORIGINS,
    trustProxy: config.TRUST_PROXY,
    secret: localSecret(config.DATA_DIR, config.AUTH_SECRET_FILE),
    issuer: issuerOf(config),
    programName: programName(),
    demo,
    webDir,
    health,
  });
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
