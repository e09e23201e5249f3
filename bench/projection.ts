/** Catching up with a large log, beside only reading it into parsed, schema-checked events by the same adapter. */
import pino from 'pino';
import { openPostgresLog } from '../src/adapters/eventstore/index.ts';
import { derivationOf } from '../src/domain/derivation.ts';
import { defaultRules } from '../src/domain/rules.ts';
import { systemClock } from '../src/ports/clock.ts';
import type { EventStore } from '../src/ports/eventStore.ts';
import { createPool } from '../src/postgres.ts';
import { controlDb, followLog, migrate } from '../src/projections/index.ts';
import { createVersion } from '../src/projections/tables/createVersion.ts';
import type { BenchLine } from './line.ts';
import { besideReading } from './projection/besideReading.ts';
import { seconds } from './timing.ts';

const RULES = defaultRules('GR');

export async function* run(): AsyncIterable<BenchLine> {
  yield await besideReading(
    'projection: catching up, beside reading the log',
    (url) => openPostgresLog({ url }),
    project,
  );
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
    await followLog({
      version: { version, schema: `read_v${version}`, derivation, rules: RULES },
      pool,
      log,
      logger: pino({ level: 'silent' }),
      clock: systemClock,
      signal: stop.signal,
      onProgress: (position) => {
        if (position >= head) stop.abort();
      },
    });
  });
  await pool.end();
  return took;
}
