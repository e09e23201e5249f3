/**
 * Building a version beside the active one, beside only reading the same log into parsed, schema-checked events. Through
 * EventStoreDB too when BENCH_EVENTSTORE_URL names a server, best one that holds nothing yet.
 */
import { openEventStoreDb, openPostgresLog } from '../src/adapters/eventstore/index.ts';
import type { BenchLine } from './line.ts';
import { besideReading } from './projection/besideReading.ts';
import { buildVersion } from './projection/buildVersion.ts';

export async function* run(): AsyncIterable<BenchLine> {
  const what = 'rebuild: building a version, beside reading the log';
  yield await besideReading(what, (url) => openPostgresLog({ url }), buildVersion);
  const eventStore = process.env.BENCH_EVENTSTORE_URL ?? process.env.EVENTSTORE_TEST_URL;
  if (eventStore === undefined) return;
  yield await besideReading(
    `${what} in EventStoreDB`,
    () => openEventStoreDb({ url: eventStore }),
    (url, log, round) => buildVersion(url, log, round, { eventStoreUrl: eventStore }),
  );
}
