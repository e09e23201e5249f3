import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { openEventStoreDb } from '../../src/adapters/eventstore/index.ts';
import type { NewEvent } from '../../src/domain/events.ts';
import type { BenchLine } from '../line.ts';
import { batchOf, compare } from './batches.ts';

const ROUNDS = 5;
const SHAPES = [
  { what: '500 events a batch, one after the other', batch: 500, batches: 10, inFlight: 1 },
  { what: '100 events a batch, 8 streams side by side', batch: 100, batches: 64, inFlight: 8 },
  { what: 'single events, 64 streams side by side', batch: 1, batches: 1_024, inFlight: 64 },
] as const;

/** The client's two ways to append: as it comes, and the one that the adapter takes because it cannot hang. */
const PATHS = [
  { path: 'batch append', options: {} },
  { path: 'classic append', options: { credentials: { username: 'admin', password: 'changeit' } } },
] as const;

/** The adapter beside the bare client, on a server at `url` without TLS. */
export async function* eventStoreDbAppends(url: string): AsyncIterable<BenchLine> {
  const log = await openEventStoreDb({ url });
  const client = EventStoreDBClient.connectionString(url);
  try {
    for (const { what, batch, batches, inFlight } of SHAPES) {
      for (const { path, options } of PATHS) {
        const measured = await compare(ROUNDS, batch * batches, {
          ours: () => sideBySide(inFlight, batches, (stream) => log.append(stream, batchOf(batch), 'no_stream')),
          bare: () =>
            sideBySide(inFlight, batches, (stream) =>
              client.appendToStream(stream, batchOf(batch).map(toJsonEvent), {
                ...options,
                expectedRevision: NO_STREAM,
              }),
            ),
        });
        yield {
          bench: `append: ${what} in EventStoreDB, beside the bare client (${path})`,
          unit: 'events/s',
          ...measured,
        };
      }
    }
  } finally {
    await log.close();
    await client.dispose();
  }
}

function toJsonEvent({ id, type, data, metadata }: NewEvent) {
  return jsonEvent({ id, type, data, metadata });
}

async function sideBySide(
  inFlight: number,
  appends: number,
  append: (stream: string) => Promise<unknown>,
): Promise<void> {
  let left = appends;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left-- > 0) await append(`call-bench-${randomUUID()}`);
    }),
  );
}
