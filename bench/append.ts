/** What the log costs beside the bare store. EventStoreDB is measured when BENCH_EVENTSTORE_URL names a server. */
import { eventStoreDbAppends } from './append/eventStoreDb.ts';
import { postgresAppends } from './append/postgres.ts';
import type { BenchLine } from './line.ts';

export async function* run(): AsyncIterable<BenchLine> {
  yield* postgresAppends();
  const url = process.env.BENCH_EVENTSTORE_URL ?? process.env.EVENTSTORE_TEST_URL;
  if (url !== undefined) yield* eventStoreDbAppends(url);
}
