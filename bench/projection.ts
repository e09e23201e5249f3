/** Catching up with a large log, beside only reading it into parsed, schema-checked events by the same adapter. */
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
import { controlDb, migrate, startProjector } from '../src/projections/index.ts';
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
    const projected: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      read.push(events / (await seconds(() => readChecked(log))));
      projected.push(events / (await project(server.url, log, round)));
    }
    await log.close();
    const [value, baseline] = [median(projected), median(read)];
    yield {
      bench: 'projection: catching up, beside reading the log',
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

/** Seconds that a new version takes to catch up. */
async function project(url: string, log: EventStore, version: number): Promise<number> {
  const pool = createPool(url);
  const db = controlDb(pool);
  await migrate(db);
  const derivation = derivationOf(RULES);
  await createVersion(db, version, { logId: await log.logId(), rules: RULES, derivation });
  const head = await log.head();
  const stop = new AbortController();
  const took = await seconds(async () => {
    const projector = startProjector({
      version: { version, schema: `read_v${version}`, derivation, rules: RULES },
      pool,
      log,
      logger: pino({ level: 'silent' }),
      clock: systemClock,
      signal: stop.signal,
    });
    await projector.caughtUp(head, stop.signal);
    stop.abort();
    await projector.done;
  });
  await pool.end();
  return took;
}
