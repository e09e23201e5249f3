import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { pino } from 'pino';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import type { Role } from '../../../src/domain/events.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import type { Micros } from '../../../src/domain/time.ts';
import { type AppOptions, createApp } from '../../../src/http/app.ts';
import { createHttp, createToken, type HttpServer } from '../../../src/http/index.ts';
import { RATE_LIMITS } from '../../../src/http/rateLimit.ts';
import { type Clock, systemClock } from '../../../src/ports/clock.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import type { ReadModel } from '../../../src/ports/readModel.ts';
import { createPool } from '../../../src/postgres.ts';
import { createVersion } from '../../../src/projections/createVersion.ts';
import { createReadModel, migrate } from '../../../src/projections/index.ts';
import type { ControlTables, VersionTables } from '../../../src/projections/schema.ts';
import { createDatabase } from '../../support/postgres.ts';
import { type Answer, ask, type Question } from './ask.ts';

export type System = {
  readonly http: HttpServer;
  readonly port: number;
  readonly options: AppOptions;
  readonly pool: pg.Pool;
  readonly log: EventStore;
  readonly readModel: ReadModel;
  /** the tables of the version that is served, to put rows in by hand */
  readonly tables: Kysely<VersionTables>;
  readonly clock: Clock & { advance(seconds: number): void };
  /** what was logged so far, line by line */
  readonly logged: string[];
  token(role: Role, sub?: string): Promise<string>;
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
};

/** The real HTTP server over a real PostgreSQL, log and read model, on a free port of loopback. */
export async function startSystem(own: Partial<AppOptions> = {}): Promise<System> {
  const { url, drop } = await createDatabase();
  const pool = createPool(url, { max: 4 });
  const db = new Kysely<ControlTables>({ dialect: new PostgresDialect({ pool }) });
  const logged: string[] = [];
  const logger = pino({ level: 'trace' }, linesTo(logged));
  const log = await openPostgresLog({ url, logger });
  await migrate(db);
  await createVersion(db, 1, { logId: await log.logId(), rules: defaultRules('GR'), derivation: '1-test' });
  await db.withSchema('commslog').updateTable('read_model').set({ active_version: 1 }).execute();
  const readModel = createReadModel({ pool, url, logger });
  const clock = movableClock();
  const webDir = mkdtempSync(join(tmpdir(), 'commslog-web-'));
  writeFileSync(join(webDir, 'index.html'), '<!doctype html><title>commslog</title>');
  const options: AppOptions = {
    readModel,
    log,
    pool,
    clock,
    logger,
    publicUrl: null,
    corsOrigins: [],
    secret: randomBytes(32),
    issuer: null,
    demo: false,
    webDir,
    health: async () => ({ log: { status: 'pass', detail: 'it answers' } }),
    pbxStates: () => [],
    rateLimits: { ...RATE_LIMITS, usual: 100_000, signIn: 1_000 },
    ...own,
  };
  const http = createHttp(options);
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  return {
    http,
    port,
    options,
    pool,
    log,
    readModel,
    tables: new Kysely<VersionTables>({ dialect: new PostgresDialect({ pool }) }).withSchema('read_v1'),
    clock,
    logged,
    token: (role, sub = `${role}-1`) => createToken(options.secret, { sub, role, ttlSeconds: 3600, now: clock.now() }),
    ask: (question) => ask(port, question),
    async close() {
      await http.close();
      await readModel.close();
      await log.close();
      await pool.end();
      await drop();
      rmSync(webDir, { recursive: true });
    },
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

function linesTo(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
}
