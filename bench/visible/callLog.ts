import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { pino } from 'pino';
import { liveSource } from '../../src/adapters/ami/index.ts';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/index.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { Journal, startListener } from '../../src/listening/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { createPool } from '../../src/postgres.ts';
import { controlDb, ensureVersion, followLog, migrate } from '../../src/projections/index.ts';
import { CallPbx, CREDENTIALS } from './callPbx.ts';

export type CallLog = {
  readonly pbx: CallPbx;
  readonly url: string;
  readonly pool: pg.Pool;
  close(): Promise<void>;
};

/**
 * Listener, log and projector in one process, over TCP to a PBX that sends calls of `demo/` and on a PostgreSQL with its
 * usual durability. The rows stand in `read_v1`.
 */
export async function startCallLog(): Promise<CallLog> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres(folder);
  const logger = pino({ level: 'silent' });
  const pool = createPool(server.url);
  const db = controlDb(pool);
  const stop = new AbortController();
  const { pbx, port } = await CallPbx.start();
  await migrate(db);
  const log = await openPostgresLog({ url: server.url });
  const rules = defaultRules('GR');
  const version = await ensureVersion({ db, log, rules, rulesSource: 'default', clock: systemClock });
  const projecting = followLog({ version, pool, log, logger, clock: systemClock, signal: stop.signal });
  const source = liveSource({ pbx: 'bench', host: '127.0.0.1', port, ...CREDENTIALS, clock: systemClock, logger });
  const journal = await Journal.open({ folder: join(folder, 'journal'), logger });
  const listener = startListener({ source, journal, log, clock: systemClock, logger, app: 'bench' });
  while (!pbx.connected) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    pbx,
    url: server.url,
    pool,
    async close() {
      await listener.stop();
      stop.abort();
      await projecting;
      await log.close();
      pbx.close();
      await pool.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
