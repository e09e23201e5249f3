/** Building a version beside the active one, beside only reading the same log into parsed, schema-checked events. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { openPostgresLog } from '../src/adapters/eventstore/index.ts';
import { startEmbeddedPostgres } from '../src/adapters/postgres/index.ts';
import { derivationOf } from '../src/domain/derivation.ts';
import { defaultRules } from '../src/domain/rules.ts';
import { systemClock } from '../src/ports/clock.ts';
import type { EventStore } from '../src/ports/eventStore.ts';
import { createPool } from '../src/postgres.ts';
import { createVersion } from '../src/projections/createVersion.ts';
import { buildVersion, controlDb, migrate } from '../src/projections/index.ts';
import type { BenchLine } from './line.ts';
import { fillLog } from './projection/fillLog.ts';
import { readChecked } from './projection/readChecked.ts';
import { median, seconds } from './timing.ts';

const ROUNDS = 3;
const PBXS = 8;
const CALLS_A_PBX = 130;
const RULES = defaultRules('GR');

export async function* run(): AsyncIterable<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres(folder);
  try {
    const log = await openPostgresLog({ url: server.url });
    const events = await fillLog(log, PBXS, CALLS_A_PBX);
    const read: number[] = [];
    const built: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      read.push(events / (await seconds(() => readChecked(log))));
      built.push(events / (await build(server.url, log, round)));
    }
    await log.close();
    const [value, baseline] = [median(built), median(read)];
    yield {
      bench: 'rebuild: building a version, beside reading the log',
      value,
      unit: 'events/s',
      baseline,
      ratio: value / baseline,
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds that a new version takes until it is ready. */
async function build(url: string, log: EventStore, number: number): Promise<number> {
  const pool = createPool(url);
  const db = controlDb(pool);
  await migrate(db);
  const derivation = derivationOf(RULES);
  await createVersion(db, number, { logId: await log.logId(), rules: RULES, derivation });
  const version = { version: number, schema: `read_v${number}`, derivation, rules: RULES };
  const { signal } = new AbortController();
  const logger = pino({ level: 'silent' });
  const took = await seconds(() => buildVersion({ version, db, pool, log, logger, clock: systemClock, signal }));
  await pool.end();
  return took;
}
