import type pg from 'pg';
import { ERASED_FACT } from '../../../domain/events.ts';
import type { EventStore } from '../../../ports/eventStore.ts';
import { lockHead } from './appender.ts';
import { toLogError } from './errors.ts';

/** Streams that are erased in one transaction: who appends waits so long. */
const STREAMS_AT_ONCE = 200;

export type Eraser = {
  readonly erase: EventStore['erase'];
  readonly eraseEvents: NonNullable<EventStore['eraseEvents']>;
};

/**
 * Erases what streams and events say. Every event keeps its place (position, revision, id), so the log has no hole; a stream
 * that never was gets one empty place, which is its tombstone.
 */
export function createEraser(pool: pg.Pool, schema: string): Eraser {
  const erasing = async (work: (client: pg.PoolClient, head: bigint) => Promise<void>) => {
    let client: pg.PoolClient | undefined;
    try {
      client = await pool.connect();
      await client.query('begin');
      await work(client, await lockHead(client, schema));
      await client.query('commit');
      client.release();
    } catch (error) {
      client?.release(true);
      throw toLogError(error);
    }
  };

  return {
    async erase(streams) {
      const names = [...new Set(streams)];
      for (let at = 0; at < names.length; at += STREAMS_AT_ONCE) {
        const some = names.slice(at, at + STREAMS_AT_ONCE);
        await erasing(async (client, head) => {
          await client.query(
            `update ${schema}.event set type = '', data = null, metadata = null
             where stream = any($1) and data is not null`,
            [some],
          );
          await client.query(
            `with tombstone as (
               insert into ${schema}.event (position, stream, revision, id, type)
               select $1::bigint + row_number() over (), name, 0, gen_random_uuid(), ''
               from unnest($2::text[]) as name
               where not exists (select from ${schema}.event where stream = name)
               returning position
             )
             update ${schema}.head set position = (select max(position) from tombstone)
             where exists (select from tombstone)`,
            [head, some],
          );
        });
      }
    },

    eraseEvents: (stream, revisions) =>
      erasing(async (client) => {
        // who sent it and when stays: the facts of a session are counted
        await client.query(
          `update ${schema}.event set type = $3, data = '{"fields":[]}'
           where stream = $1 and revision = any($2) and data is not null`,
          [stream, revisions, ERASED_FACT],
        );
      }),
  };
}
