import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { pseudonymisedTranscript } from '../../../src/adapters/ami/index.ts';
import { DialTable } from '../../../src/adapters/postgres/index.ts';
import { createDialling } from '../../../src/dialling/index.ts';
import type { Role } from '../../../src/domain/events.ts';
import type { Micros } from '../../../src/domain/time.ts';
import { type AppOptions, createApp } from '../../../src/http/app.ts';
import { createToken, type HttpServer } from '../../../src/http/index.ts';
import { createAuditTrail } from '../../../src/log/auditTrail.ts';
import { type Clock, systemClock } from '../../../src/ports/clock.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import type { Health } from '../../../src/ports/health.ts';
import type { ReadModel } from '../../../src/ports/readModel.ts';
import { createHistory, createReadModel, createRebuilds } from '../../../src/projections/index.ts';
import { openReadModel, type RunningProjector, runProjector } from '../../projections/support/readModel.ts';
import { logLines } from '../../support/logLines.ts';
import { createDatabase } from '../../support/postgres.ts';
import { type Answer, ask, type Question } from './ask.ts';
import { forEveryRole } from './forEveryRole.ts';
import { httpOf } from './httpOf.ts';

/** Of calls that nobody begins. */
const TAKE_WITHIN_MS = 100;

export type System = {
  readonly http: HttpServer;
  readonly port: number;
  readonly options: AppOptions;
  readonly pool: pg.Pool;
  /** of its database */
  readonly url: string;
  readonly log: EventStore;
  readonly readModel: ReadModel;
  readonly projector: RunningProjector;
  /** starts another projector after the first was stopped */
  resumeProjector(): RunningProjector;
  readonly clock: Clock & { advance(seconds: number): void };
  /** what was logged so far, line by line */
  readonly logged: string[];
  token(role: Role, sub?: string): Promise<string>;
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
};

/** The real HTTP server over a real PostgreSQL, log, projector and read model, on a free port of loopback. */
export async function startSystem(own: Partial<AppOptions> = {}): Promise<System> {
  const { url, drop } = await createDatabase();
  const { logger, lines } = logLines();
  const model = await openReadModel(url);
  const { log, pool } = model;
  const projector = runProjector(model);
  const resumed: RunningProjector[] = [];
  const readModel = createReadModel({ pool, url, logger });
  const clock = movableClock();
  // as a package below ~/.nvm is, or one that npx fetched
  const webDir = mkdtempSync(join(tmpdir(), '.commslog-web-'));
  writeFileSync(join(webDir, 'index.html'), '<!doctype html><title>commslog</title>');
  const requests = new DialTable(pool, { url, logger });
  const options: AppOptions = {
    dialling: createDialling({ requests, log, clock, logger, takeWithinMs: TAKE_WITHIN_MS }),
    readModel,
    log,
    history: createHistory({ pool, url, log, clock, logger }),
    rebuilds: createRebuilds({ pool, leases: model.leases(), log, clock, rollbackHours: 168 }),
    audit: createAuditTrail({ log, clock }),
    transcript: pseudonymisedTranscript,
    pool,
    clock,
    logger,
    publicUrl: null,
    corsOrigins: [],
    trustProxy: ['loopback'],
    secret: randomBytes(32),
    issuer: null,
    programName: 'commslog',
    demo: false,
    webDir,
    health: healthThatSays({}),
    rateLimits: {
      usual: forEveryRole(100_000),
      expensive: forEveryRole(100_000),
      lookUps: 100_000,
      signIn: 1_000,
      calls: 1_000,
    },
    ...own,
  };
  const http = httpOf(options);
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  return {
    http,
    port,
    options,
    pool,
    url,
    log,
    readModel,
    projector,
    resumeProjector() {
      const another = runProjector(model);
      resumed.push(another);
      return another;
    },
    clock,
    logged: lines,
    token: (role, sub = `${role}-1`) => createToken(options.secret, { sub, role, ttlSeconds: 3600, now: clock.now() }),
    ask: (question) => ask(port, question),
    async close() {
      await http.close();
      await Promise.all([readModel.close(), requests.close()]);
      await Promise.all([projector, ...resumed].map((one) => one.stop()));
      await model.close();
      await drop();
      rmSync(webDir, { recursive: true });
    },
  };
}

/** All is well, but for what is said. */
export function healthThatSays(said: Partial<Health>): Health {
  return {
    report: () => ({ checks: { log: { status: 'pass', detail: 'it answers' } }, waiting: null }),
    pbxs: () => [],
    servers: () => [],
    figures: () => [],
    ...said,
  };
}

/** The routes as they are mounted. */
export function routesOf(system: System) {
  return createApp(system.options).routes;
}

function movableClock(): System['clock'] {
  let offset = 0;
  return {
    now: () => (systemClock.now() + offset) as Micros,
    advance(seconds) {
      offset += seconds * 1_000_000;
    },
  };
}
