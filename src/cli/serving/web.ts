import { fileURLToPath } from 'node:url';
import { pseudonymisedTranscript } from '../../adapters/ami/index.ts';
import type { Leases } from '../../adapters/postgres/index.ts';
import type { Config } from '../../config.ts';
import { createDialling } from '../../dialling/index.ts';
import { CommslogError } from '../../errors.ts';
import { createHttp, createSignInLink, type HttpOptions, type HttpServer, isLoopback } from '../../http/index.ts';
import { createAuditTrail } from '../../log/auditTrail.ts';
import { systemClock } from '../../ports/clock.ts';
import type { DialRequests } from '../../ports/dialling.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { Health } from '../../ports/health.ts';
import { createHistory, createRebuilds } from '../../projections/index.ts';
import { rememberUrl } from '../opening/dataDir.ts';
import type { Logger } from '../opening/logger.ts';
import { programName } from '../opening/programName.ts';
import { localSecret } from '../opening/secret.ts';
import { type Run, waitsFor, whenThere } from './run.ts';
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
  readonly requests: DialRequests;
  /** stops the listeners */
  readonly stopListening: () => Promise<unknown>;
};

/** What listens on the configured port, or on the next one that is free. */
export type OpenHttp = { readonly http: HttpServer; readonly port: number };

/** Answers from now on that the program lives, and what it waits for. Errors: `CONFIG_INVALID` where it cannot listen. */
export async function openHttp(run: Run): Promise<OpenHttp> {
  const { config, logger, closing } = run;
  const http = createHttp(outer(run), () => waitsFor(run));
  const port = await listenOnFreePort(http, config, logger);
  closing.add('http', () => http.close(), CLOSE_SAFELY_MS);
  return { http, port };
}

/** Answers everything from now on: API and web app. */
export async function serveWeb(run: Run, { http, port }: OpenHttp, deps: Deps): Promise<Web> {
  const { config, closing } = run;
  http.serve(optionsOf(run, deps));
  // side by side: each may take seconds, all together five
  const close = () => Promise.all([http.close(), deps.stopListening()]);
  closing.add('http and listeners', close, CLOSE_SAFELY_MS);
  const url = config.PUBLIC_URL ?? `http://${config.HTTP_HOST}:${port}`;
  rememberUrl(config, url);
  const linkable = url.startsWith('https:') || isLoopback(new URL(url).hostname);
  const admin = { sub: 'local', role: 'admin' } as const;
  const now = systemClock.now();
  const link = () => createSignInLink(deps.pools.reading, { ...admin, baseUrl: url, now });
  return { url, link: linkable ? await whenThere(run, link) : null };
}

function outer({ config, logger }: Run) {
  const { CORS_ORIGINS: corsOrigins, TRUST_PROXY: trustProxy } = config;
  return { logger, publicUrl: config.PUBLIC_URL ?? null, corsOrigins, trustProxy };
}

function optionsOf(run: Run, deps: Deps): HttpOptions {
  const { config, isDemo: demo, logger } = run;
  const { pools, url, leases, log, readModel, health, requests } = deps;
  const pool = pools.administering;
  const clock = systemClock;
  const rebuilds = createRebuilds({ pool, leases, log, clock, rollbackHours: config.ROLLBACK_HOURS });
  return {
    ...outer(run),
    readModel,
    log,
    history: createHistory({ pool, url, log, clock, logger }),
    rebuilds,
    dialling: createDialling({ requests, log, clock, logger }),
    audit: createAuditTrail({ log, clock }),
    transcript: pseudonymisedTranscript,
    pool: pools.reading,
    clock,
    secret: localSecret(config.DATA_DIR, config.AUTH_SECRET_FILE),
    issuer: issuerOf(config),
    programName: programName(),
    demo,
    webDir,
    health,
  };
}

function issuerOf({ JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE }: Config) {
  if (JWT_JWKS_URL === undefined || JWT_ISSUER === undefined || JWT_AUDIENCE === undefined) return null;
  return { jwksUrl: JWT_JWKS_URL, issuer: JWT_ISSUER, audience: JWT_AUDIENCE };
}

/** The configured port, or the next one that is free. Errors: `CONFIG_INVALID`. */
async function listenOnFreePort(http: HttpServer, config: Config, logger: Logger): Promise<number> {
  for (let port = config.HTTP_PORT; ; port += 1) {
    try {
      return (await http.listen({ host: config.HTTP_HOST, port })).port;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code !== 'EADDRINUSE' || port >= config.HTTP_PORT + PORTS_TRIED) {
        const says = `HTTP_HOST, HTTP_PORT: the program cannot listen on ${config.HTTP_HOST}, port ${port} (${code}).`;
        throw new CommslogError('CONFIG_INVALID', says, { cause: error });
      }
      logger.warn({ port }, 'the port is taken, trying the next one');
    }
  }
}
