import type pg from 'pg';
import type { EventStore, StreamFilter } from '../../../ports/eventStore.ts';
import type { Stretch } from '../resumed.ts';
import { createQuery } from './query.ts';
import { readLog } from './readLog.ts';
import { readStream } from './readStream.ts';

export type Reader = Pick<EventStore, 'readStream' | 'head'> & {
  /** The wanted events up to where the log ends, without a hole. */
  readLog(after: bigint, filter: StreamFilter | undefined): AsyncIterable<Stretch>;
};

/** Reads page by page, each with one statement; between two pages no connection is held. */
export function createReader(pool: pg.Pool, schema: string): Reader {
  const query = createQuery(pool);
  return {
    readLog: (after, filter) => readLog(query, schema, after, filter),
    readStream: (stream, options) => readStream(query, schema, stream, options),
    async head() {
      const rows = await query<{ position: bigint }>({ text: `select position from ${schema}.head` });
      return rows[0]?.position ?? 0n;
    },
  };
}
