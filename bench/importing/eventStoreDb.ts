import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { batchOf } from '../append/batches.ts';
import { seconds } from '../timing.ts';
import { RECORDS_OF_CALLS } from './masterCsv.ts';

const SIDE_BY_SIDE = 512;

/** Seconds that bare classic appends take, in the portions in which records come: those of a call together. */
export async function bareAppends(url: string, records: number): Promise<number> {
  const client = EventStoreDBClient.connectionString(url);
  const credentials = { username: 'admin', password: 'changeit' };
  const portions: number[] = [];
  for (let left = records; left > 0; left -= portions.at(-1) ?? left) {
    portions.push(Math.min(left, RECORDS_OF_CALLS[portions.length % 2 === 0 ? 0 : 1]));
  }
  const work = async () => {
    for (let size = portions.pop(); size !== undefined; size = portions.pop()) {
      const events = batchOf(size).map(({ id, type, data, metadata }) => jsonEvent({ id, type, data, metadata }));
      const options = { credentials, expectedRevision: NO_STREAM } as const;
      await client.appendToStream(`bench-${randomUUID()}`, events, options);
    }
  };
  const took = await seconds(async () => void (await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))));
  await client.dispose();
  return took;
}
