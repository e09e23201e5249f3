/**
 * Building a version beside the active one, beside only reading the same log into parsed, schema-checked events. Through
 * EventStoreDB too when BENCH_EVENTSTORE_URL names a server, best one that holds nothing yet.
 */
import pino from 'pino';
import { openEventStoreDb, openPostgresLog } from '../src/adapters/eventstore/index.ts';
import { buildInProcess } from '../src/cli/opening/buildInProcess.ts';
import { derivationOf } from '../src/domain/derivation.ts';
import { defaultRules } from '../src/domain/rules.ts';
import type { EventStore } from '../src/ports/eventStore.ts';
import { createPool } from '../src/postgres.ts';
import { controlDb, migrate } from '../src/projections/index.ts';
import { createVersion } from '../src/projections/tables/createVersion.ts';
import type { BenchLine } from './line.ts';
import { besideReading } from './projection/besideReading.ts';
import { seconds } from './timing.ts';

const RULES = defaultRules('GR');

export async function* run(): AsyncIterable<BenchLine> {
  const what = 'rebuild: building a version, beside reading the log';
  yield await besideReading(what, (url) => openPostgresLog({ url }), build);
  const eventStore = process.env.BENCH_EVENTSTORE_URL ?? process.env.EVENTSTORE_TEST_URL;
  if (eventStore === undefined) return;
  yield await besideReading(
    `${what} in EventStoreDB`,
    () => openEventStoreDb({ url: eventStore }),
    (url, log, round) => build(url, log, round, eventStore),
  );
}

/** Seconds that a new version takes until it is ready, in a process of its own as the product builds it. */
async function build(url: string, log: EventStore, number: number, eventStoreUrl?: string): Promise<number> {
  const pool = createPool(url);
  const db = controlDb(pool);
  await migrate(db);
  const derivation = derivationOf(RULES);
  await createVersion(db, number, { logId: await log.logId(), rules: RULES, derivation });
  await pool.end();
  const version = { version: number, schema: `read_v${number}`, derivation, rules: RULES };
  const logger = pino({ level: 'silent' });
  const inProcess = buildInProcess({ config: { EVENTSTORE_URL: eventStoreUrl }, url, logger });
  return seconds(() => inProcess(version, new AbortController().signal));
}
