import type pg from 'pg';
import { ERASED_FACT } from '../../../domain/events.ts';
import type { EventStore } from '../../../ports/eventStore.ts';
import { lockHead } from './appender.ts';
import { toLogError } from './errors.ts';
import { lockPacks } from './packs/lockPacks.ts';
import { fromBody, toBody } from './packs/packBody.ts';

/** What a fact without fields has for data. */
const NOTHING_TOLD = '{"fields":[]}';

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
  const erasing = async (work: (client: pg.PoolClient) => Promise<void>) => {
    let client: pg.PoolClient | undefined;
    try {
      client = await pool.connect();
      await client.query('begin');
      await lockPacks(client, schema);
      await work(client);
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
        await erasing(async (client) => {
          const head = await lockHead(client, schema);
          await client.query(
            `update ${schema}.event set type = '', data = null, metadata = null
             where stream = any($1) and data is not null`,
            [some],
          );
          await client.query(`update ${schema}.pack set body = null where stream = any($1) and body is not null`, [
            some,
          ]);
          await client.query(
            `with tombstone as (
               insert into ${schema}.event (position, stream, revision, id, type)
               select $1::bigint + row_number() over (), name, 0, gen_random_uuid(), ''
               from unnest($2::text[]) as name
               where not exists (select from ${schema}.event where stream = name)
                 and not exists (select from ${schema}.pack where stream = name)
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
        await eraseInPacks(client, schema, stream, revisions);
        await lockHead(client, schema);
        // who sent it and when stays: the facts of a session are counted
        await client.query(
          `update ${schema}.event set type = $3, data = $4
           where stream = $1 and revision = any($2) and data is not null`,
          [stream, revisions, ERASED_FACT, NOTHING_TOLD],
        );
      }),
  };
}

/** Each pack that holds one of them is written anew, so that nothing of what it said is left in it. */
async function eraseInPacks(client: pg.PoolClient, schema: string, stream: string, revisions: readonly bigint[]) {
  const { rows: packs } = await client.query<{ first_revision: bigint }>(
    `select first_revision from ${schema}.pack
      where stream = $1 and body is not null
        and exists (select from unnest($2::bigint[]) as revision
                     where revision >= first_revision and revision < first_revision + cardinality(ids))`,
    [stream, revisions],
  );
  const erased = new Set(revisions);
  for (const { first_revision } of packs) {
    const pack = [stream, first_revision];
    const { rows } = await client.query<{ body: Buffer }>(
      `select body from ${schema}.pack where stream = $1 and first_revision = $2`,
      pack,
    );
    const [{ body }] = rows as [{ body: Buffer }];
    const told = fromBody(body).map((event, index) =>
      erased.has(first_revision + BigInt(index)) ? { ...event, type: ERASED_FACT, data: NOTHING_TOLD } : event,
    );
    await client.query(`update ${schema}.pack set body = $3 where stream = $1 and first_revision = $2`, [
      ...pack,
      await toBody(told),
    ]);
  }
}
