import type pg from 'pg';
import { lockPacks } from './lockPacks.ts';
import { type Loose, nextBlock } from './nextBlock.ts';
import { type Told, toBody } from './packBody.ts';

/** Who reads the whole log reads a block at once; `before_end`, a smallint, could hold eight times as many. */
const MAX_EVENTS = 4_096;

export type BlockOptions = {
  /** events that were recorded from then on stay as they are; milliseconds since the epoch */
  readonly before: number;
  /** events of a block; where there are fewer nothing is packed. Default: 4,096, which is the most */
  readonly events?: number;
};

/**
 * Moves the oldest events that are not packed yet into packs, as one block in one transaction, for which only those wait who
 * erase or pack. The number of them; 0 when there is no whole block, or it is not old enough. Errors: `LOG_HOLE`, those of
 * PostgreSQL.
 */
export async function packBlock(pool: pg.Pool, schema: string, options: BlockOptions): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await lockPacks(client, schema);
    const packed = await pack(client, schema, options);
    await client.query('commit');
    client.release();
    return packed;
  } catch (error) {
    // a closed connection is rolled back
    client.release(true);
    throw error;
  }
}

async function pack(client: pg.PoolClient, schema: string, { before, events = MAX_EVENTS }: BlockOptions) {
  const block = await nextBlock(client, schema, events);
  const [first, last] = [block[0], block.at(-1)];
  if (first === undefined || last === undefined || recordedAt(block) >= before) return 0;
  const packs = [...byStream(block).values()];
  const bodies: (Buffer | null)[] = [];
  // one after the other: each takes memory of its own meanwhile
  for (const neighbours of packs) bodies.push(await bodyOf(neighbours));
  await client.query(
    `insert into ${schema}.pack (block, stream, first_revision, before_end, ids, body)
     select $1, stream, first_revision, before_end::smallint[], ids::uuid[], body
       from unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::bytea[])
         as p (stream, first_revision, before_end, ids, body)`,
    [
      last.position,
      packs.map(([event]) => event?.stream),
      packs.map(([event]) => event?.revision),
      packs.map((neighbours) => `{${neighbours.map(({ position }) => last.position - position)}}`),
      packs.map((neighbours) => `{${neighbours.map(({ id }) => id)}}`),
      bodies,
    ],
  );
  const { rowCount } = await client.query(`delete from ${schema}.event where position between $1 and $2`, [
    first.position,
    last.position,
  ]);
  if (rowCount !== block.length)
    throw new Error(`${block.length} events were packed, ${rowCount} were taken from where they stood`);
  return block.length;
}

/** When the newest of them was; what says no time is as old as can be. */
function recordedAt(block: readonly Loose[]): number {
  const newest = block.findLast(({ metadata }) => metadata !== null);
  const { recorded_at } = JSON.parse(newest?.metadata ?? '{}') as { readonly recorded_at?: unknown };
  return typeof recorded_at === 'string' ? Date.parse(recorded_at) : Number.NEGATIVE_INFINITY;
}

function byStream(block: readonly Loose[]): Map<string, Loose[]> {
  const streams = new Map<string, Loose[]>();
  for (const event of block) {
    const neighbours = streams.get(event.stream) ?? [];
    const before = neighbours.at(-1);
    if (before !== undefined && event.revision !== before.revision + 1n)
      throw new Error('the revisions of a stream are not in the order of its positions');
    neighbours.push(event);
    streams.set(event.stream, neighbours);
  }
  return streams;
}

/** Null: the stream was erased, and with it all of its events. */
async function bodyOf(neighbours: readonly Loose[]): Promise<Buffer | null> {
  const told = neighbours.filter((event): event is Loose & Told => event.data !== null);
  if (told.length === 0) return null;
  if (told.length < neighbours.length) throw new Error('a stream is erased in part');
  return toBody(told);
}
