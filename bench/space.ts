/** What a call takes on the disk once it is packed, and how fast it is read then, beside the same log without packs. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { openPostgresLog } from '../src/adapters/eventstore/index.ts';
import { packBlock } from '../src/adapters/eventstore/postgres/packs/packBlock.ts';
import { startEmbeddedPostgres } from '../src/adapters/postgres/index.ts';
import type { EventStore } from '../src/ports/eventStore.ts';
import { readEvents } from '../src/ports/eventStore.ts';
import { createPool } from '../src/postgres.ts';
import type { BenchLine } from './line.ts';
import { fillLog } from './projection/fillLog.ts';
import { median, seconds } from './timing.ts';

const ROUNDS = 5;
/** So many calls are up at once, as far as their events mix. */
const PBXS = 50;
const CALLS_A_PBX = Number(process.env.SPACE_CALLS ?? 4_000) / PBXS;
const STREAMS_A_ROUND = 400;
const LOOSE = 'log';
const PACKED = 'packed';

export async function* run(): AsyncIterable<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres(folder);
  const pool = createPool(server.url);
  try {
    const loose = await openPostgresLog({ url: server.url, schema: LOOSE });
    const packed = await openPostgresLog({ url: server.url, schema: PACKED });
    await fillLog(loose, PBXS, CALLS_A_PBX);
    await copy(pool);
    const events = Number(await loose.head());
    const took = await seconds(() => packAll(pool));
    await pool.query(`vacuum analyze ${LOOSE}.event, ${PACKED}.event, ${PACKED}.pack`);
    yield* sizes(pool, PBXS * CALLS_A_PBX);
    yield* reading(pool, loose, packed, events);
    const [value, baseline] = [events / took, events / (await seconds(() => drain(loose)))];
    yield {
      bench: 'space: packing, beside reading the log',
      value,
      unit: 'events/s',
      baseline,
      ratio: value / baseline,
    };
    await Promise.all([loose.close(), packed.close()]);
  } finally {
    await pool.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function copy(pool: pg.Pool): Promise<void> {
  await pool.query(`truncate ${PACKED}.event; insert into ${PACKED}.event table ${LOOSE}.event`);
  await pool.query(`update ${PACKED}.head set position = (select position from ${LOOSE}.head)`);
}

async function packAll(pool: pg.Pool): Promise<void> {
  const before = Number.POSITIVE_INFINITY;
  while ((await packBlock(pool, PACKED, { before })) > 0);
  // the last block of a log is seldom whole
  await packBlock(pool, PACKED, { before, events: await left(pool) });
}

async function left(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from ${PACKED}.event`);
  return rows[0]?.n ?? 0;
}

/** With indexes and TOAST. */
async function* sizes(pool: pg.Pool, calls: number): AsyncIterable<BenchLine> {
  const { rows } = await pool.query<{ loose: number; packed: number; empty: number }>(
    `select pg_total_relation_size('${LOOSE}.event')::float8 as loose,
            pg_total_relation_size('${PACKED}.pack')::float8 as packed`,
  );
  const { loose = Number.NaN, packed = Number.NaN } = rows[0] ?? {};
  const [value, baseline] = [packed / calls, loose / calls];
  yield {
    bench: 'space: a packed call, beside one that is not',
    value,
    unit: 'bytes',
    baseline,
    ratio: value / baseline,
  };
}

async function* reading(
  pool: pg.Pool,
  loose: EventStore,
  packed: EventStore,
  events: number,
): AsyncIterable<BenchLine> {
  const { rows } = await pool.query<{ stream: string }>(
    `select stream from (select distinct stream from ${LOOSE}.event where stream like 'call-%') as calls order by md5(stream)`,
  );
  const streams = rows.map(({ stream }) => stream);
  const each = async (log: EventStore, round: number) => {
    const some = Array.from(
      { length: STREAMS_A_ROUND },
      (_, n) => streams[(round * STREAMS_A_ROUND + n) % streams.length] ?? '',
    );
    return (
      STREAMS_A_ROUND /
      (await seconds(async () => {
        for (const stream of some) await readEvents(log, stream);
      }))
    );
  };
  const all = async (log: EventStore) => events / (await seconds(() => drain(log)));
  const some = async (log: EventStore) => events / (await seconds(() => drain(log, ['pbx-'])));
  yield* compared('one call after the other', 'calls/s', loose, packed, each);
  yield* compared('the whole log', 'events/s', loose, packed, all);
  yield* compared('the whole log for the streams of PBXs', 'events/s', loose, packed, some);
}

async function* compared(
  what: string,
  unit: string,
  loose: EventStore,
  packed: EventStore,
  measure: (log: EventStore, round: number) => Promise<number>,
): AsyncIterable<BenchLine> {
  const [values, baselines]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [baseline, value] = [await measure(loose, round), await measure(packed, round)];
    // the first round warms up
    if (round > 0) {
      values.push(value);
      baselines.push(baseline);
    }
  }
  const [value, baseline] = [median(values), median(baselines)];
  yield { bench: `space: reading ${what}, packed beside not packed`, value, unit, baseline, ratio: value / baseline };
}

async function drain(log: EventStore, streamPrefixes?: readonly string[]): Promise<void> {
  for await (const _ of log.readAll(0n, streamPrefixes && { streamPrefixes }));
}
