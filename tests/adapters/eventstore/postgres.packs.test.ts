import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { packBlock } from '../../../src/adapters/eventstore/postgres/packs/packBlock.ts';
import { createQuery, type Query } from '../../../src/adapters/eventstore/postgres/query.ts';
import { readLog } from '../../../src/adapters/eventstore/postgres/readLog.ts';
import { readStream } from '../../../src/adapters/eventstore/postgres/readStream.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { connectionSettings, createPool } from '../../../src/postgres.ts';
import { eventually } from '../../support/eventually.ts';
import { createDatabase } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';
import { codeOf, collect, event, eventsOf, follow, ids, newStream } from './helpers.ts';
import { packAll } from './packing.ts';

const test = suite('packs of the log in PostgreSQL', { deadlineMs: 120_000 });
let database: Awaited<ReturnType<typeof createDatabase>>;
let pool: pg.Pool;
test.before(async () => {
  database = await createDatabase();
  pool = createPool(database.url, { max: 2 });
});
test.after(async () => {
  await pool.end();
  await database.drop();
});

const ANY_AGE = Number.POSITIVE_INFINITY;
const NUMBER = '2101234567';

/** A test body with a log in a schema of its own and a connection beside it. */
function withLog(body: (log: EventStore, schema: string, other: pg.Client) => Promise<void>): () => Promise<void> {
  return async () => {
    const schema = `log_${Math.random().toString(36).slice(2, 12)}`;
    const log = await openPostgresLog({ url: database.url, schema });
    const other = new pg.Client(connectionSettings(database.url));
    await other.connect();
    try {
      await body(log, schema, other);
    } finally {
      await Promise.all([log.close(), other.end()]);
    }
  };
}

const count = async (table: string) =>
  Number((await pool.query<{ n: bigint }>(`select count(*) as n from ${table}`)).rows[0]?.n);

/** What all packs say, as it stands in the table. */
async function packedText(schema: string): Promise<string> {
  const { rows } = await pool.query<{ body: Buffer | null }>(`select body from ${schema}.pack`);
  return rows.map(({ body }) => (body === null ? '' : inflateRawSync(body).toString())).join('\n');
}

async function untilWaiting(other: pg.Client, waiting: number): Promise<void> {
  await eventually(`${waiting} that wait for a lock`, async () => {
    // a transaction sees the activity as it was when it first looked
    await other.query('select pg_stat_clear_snapshot()');
    const { rows } = await other.query<{ n: bigint }>(
      `select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]?.n === BigInt(waiting);
  });
}

const recordedAt = (time: string) => ({ ...event(), metadata: { v: 1, recorded_at: time } });

test(
  'gives the text of data and metadata as it was stored, whatever is in it',
  withLog(async (log, schema) => {
    const stream = newStream();
    const texts = ['a\u0000b', 'lone \ud83d high', '📞👩🏽‍💻', '\n\r\t"\\{},[]', '', 1.5e300, -0, null, [[]], {}];
    await log.append(
      stream,
      texts.map((text) => ({ ...event({ z: text, a: 1 }), metadata: { v: 1, text } })),
      'no_stream',
    );
    const stored = `select metadata::text || data::text as text from ${schema}.event order by position`;
    const before = (await pool.query<{ text: string }>(stored)).rows.map(({ text }) => text);
    const read = await collect(log.readAll(0n));
    await packAll(pool, schema, [before.length]);
    assert.is(await count(`${schema}.event`), 0);
    assert.equal(await collect(log.readAll(0n)), read);
    const lines = (await packedText(schema)).split('\n');
    for (const text of before)
      assert.ok(
        lines.some((metadata) => lines.some((data) => metadata + data === text)),
        text,
      );
  }),
);

test(
  'packs only whole blocks, and only what was recorded before a time',
  withLog(async (log, schema) => {
    const [early, late] = ['2026-01-01T00:00:00.000000Z', '2026-02-01T00:00:00.000000Z'];
    await log.append(newStream(), [recordedAt(early), recordedAt(early), recordedAt(late)], 'no_stream');
    const first = (await collect(log.readAll(0n)))[0];
    assert.ok(
      Date.parse(String(first?.metadata.recorded_at)) > Date.parse(late),
      'the log begins with its id, of today',
    );
    const packed = async (before: string | null, events: number) =>
      packBlock(pool, schema, { before: before === null ? ANY_AGE : Date.parse(before), events });
    assert.is(await packed(null, 5), 0);
    assert.is(await packed(late, 1), 0);
    assert.is(await packed(null, 1), 1);
    assert.is(await packed(early, 2), 0);
    assert.is(await packed(late, 3), 0);
    assert.is(await packed(late, 2), 2);
    assert.is(await packed(late, 1), 0);
    assert.is(await packed('2026-02-01T00:00:00.001Z', 1), 1);
    assert.is(await count(`${schema}.event`), 0);
  }),
);

test(
  'packs fewer events together where they are large',
  withLog(async (log, schema) => {
    for (let n = 0; n < 25; n += 1) await log.append(newStream(), [event({ text: 'x'.repeat(900_000) })], 'no_stream');
    const sizes: number[] = [];
    for (let packed = 1; packed > 0; ) {
      packed = await packBlock(pool, schema, { before: ANY_AGE, events: 15 });
      if (packed > 0) sizes.push(packed);
    }
    assert.ok(sizes.length >= 2 && sizes.every((size) => size < 15), sizes.join());
    assert.is((await collect(log.readAll(0n))).length, 26);
  }),
);

test(
  'stops at a hole among what is packed, and at a pack that is damaged',
  withLog(async (log, schema, other) => {
    const streams = ['call-1', 'call-2', 'call-3'];
    for (const stream of streams) await log.append(stream, eventsOf(3), 'no_stream');
    await packAll(pool, schema, [10]);
    const attempt = async (change: string) => {
      await other.query(change);
      const codes = [
        await codeOf(collect(log.readAll(0n))),
        await codeOf(collect(log.readAll(8n, { streamPrefixes: ['call-3'] }))),
      ];
      return codes;
    };
    await other.query(`create table ${schema}.kept as table ${schema}.pack`);
    const restore = `truncate ${schema}.pack; insert into ${schema}.pack table ${schema}.kept`;
    assert.equal(await attempt(`delete from ${schema}.pack where stream = 'call-2'`), ['LOG_HOLE', 'LOG_HOLE']);
    await other.query(restore);
    assert.equal(await attempt(`update ${schema}.pack set body = '\\x00' where stream = 'call-3'`), [
      'LOG_HOLE',
      'LOG_HOLE',
    ]);
    await other.query(restore);
    await log.append('call-4', eventsOf(2), 'no_stream');
    await packAll(pool, schema, [2]);
    await other.query(`delete from ${schema}.pack where block = 10`);
    assert.is(await codeOf(collect(log.readAll(0n))), 'LOG_HOLE');
    await log.append('call-5', eventsOf(1), 'no_stream');
    await other.query(`delete from ${schema}.pack`);
    assert.is(await codeOf(collect(log.readAll(0n))), 'LOG_HOLE');
    assert.is(await codeOf(packAll(pool, schema, [1])), 'LOG_HOLE');
  }),
);

test(
  'leaves nothing of what was erased in a pack, of whole streams and of single events',
  withLog(async (log, schema) => {
    const [whole, mixed] = [newStream(), newStream('call-pbx-session')];
    await log.append(whole, [event({ number: NUMBER }), event({ number: NUMBER })], 'no_stream');
    await log.append(
      mixed,
      [event({ number: 'kept' }), event({ number: NUMBER }), event({ number: NUMBER })],
      'no_stream',
    );
    await packAll(pool, schema, [4, 1]);
    await log.append(mixed, [event({ number: NUMBER })], 2n);
    assert.match(await packedText(schema), NUMBER);
    await log.erase([whole]);
    await log.eraseEvents?.(mixed, [1n, 2n, 3n]);
    assert.not.match(await packedText(schema), NUMBER);
    assert.match(await packedText(schema), 'kept');
    const { rows } = await pool.query(`select body from ${schema}.pack where stream = $1`, [whole]);
    assert.equal(rows, [{ body: null }]);
    const types = (await collect(log.readStream(mixed))).map(({ type }) => type);
    assert.equal(types, ['SomethingHappened', 'FactErased', 'FactErased', 'FactErased']);
    await packAll(pool, schema, [1]);
    assert.not.match(await packedText(schema), NUMBER);
  }),
);

test(
  'erases what is just being packed',
  withLog(async (log, schema, other) => {
    const [whole, mixed] = [newStream(), newStream()];
    for (const stream of [whole, mixed]) await log.append(stream, [event({ number: NUMBER })], 'no_stream');
    // who packs has read the events, and cannot write them yet
    await other.query(`begin; lock table ${schema}.pack in exclusive mode`);
    const packing = packAll(pool, schema, [3]);
    await untilWaiting(other, 1);
    const erasing = Promise.all([log.erase([whole]), log.eraseEvents?.(mixed, [0n])]);
    await untilWaiting(other, 3);
    await other.query('rollback');
    assert.is(await packing, 3);
    await erasing;
    assert.not.match(await packedText(schema), NUMBER);
    assert.equal(await collect(log.readStream(whole)), []);
    assert.equal(
      (await collect(log.readStream(mixed))).map(({ type }) => type),
      ['FactErased'],
    );
  }),
);

test(
  'keeps nobody waiting who appends or reads while somebody packs, or erases and waits for that',
  withLog(async (log, schema, other) => {
    const erased = newStream();
    await log.append(erased, eventsOf(3), 'no_stream');
    await other.query(`begin; lock table ${schema}.pack in exclusive mode`);
    const packing = packAll(pool, schema, [2]);
    await untilWaiting(other, 1);
    const erasing = log.erase([erased]);
    await untilWaiting(other, 2);
    const batch = eventsOf(2);
    await log.append('call-meanwhile', batch, 'no_stream');
    assert.equal(ids(await collect(log.readStream('call-meanwhile'))), ids(batch));
    assert.is((await collect(log.readAll(0n))).length, 6);
    await other.query('rollback');
    assert.is(await packing, 6);
    await erasing;
    assert.equal(await collect(log.readStream(erased)), []);
  }),
);

test(
  'packs once what two want to pack at once',
  withLog(async (log, schema) => {
    const batch = eventsOf(199);
    await log.append('call-1', batch, 'no_stream');
    const packed = await Promise.all([packAll(pool, schema, [5, 5]), packAll(pool, schema, [5, 5])]);
    assert.is(packed[0] + packed[1], 200);
    assert.equal(ids(await collect(log.readStream('call-1'))), ids(batch));
  }),
);

test(
  'loses nothing when who packs is killed: before the packs are written, and before the events are gone',
  withLog(async (log, schema, other) => {
    for (let n = 0; n < 4; n += 1) await log.append(`call-${n}`, eventsOf(3), 'no_stream');
    const read = await collect(log.readAll(0n));
    for (const lock of [`${schema}.pack in exclusive mode`, `${schema}.event in share mode`]) {
      await other.query(`begin; lock table ${lock}`);
      const file = fileURLToPath(new URL('packingWorker.ts', import.meta.url));
      const worker = fork(file, [database.url, schema], { execArgv: ['--import', 'tsx'] });
      await untilWaiting(other, 1);
      const ended = once(worker, 'exit');
      worker.kill('SIGKILL');
      await ended;
      await other.query('rollback');
      await eventually('its transaction is rolled back', async () => {
        assert.equal(await collect(log.readAll(0n)), read);
        return (await packBlock(pool, schema, { before: ANY_AGE, events: 2 })) === 2;
      });
      assert.equal(await collect(log.readAll(0n)), read);
    }
    await packAll(pool, schema, [1]);
    assert.is(await count(`${schema}.event`), 0);
    assert.equal(await collect(log.readAll(0n)), read);
  }),
);

test(
  'gives each event once where behind every statement of the reader more is packed',
  withLog(async (log, schema) => {
    const read = createQuery(pool);
    const wholes = {
      log: async (query: Query) => {
        const positions: bigint[] = [];
        for await (const { events } of readLog(query, schema, 0n, undefined))
          positions.push(...events.map(({ position }) => position));
        return positions.map((position) => position - 1n);
      },
      forwards: async (query: Query) =>
        (await collect(readStream(query, schema, 'call-1'))).map(({ revision }) => revision),
      backwards: async (query: Query) =>
        (await collect(readStream(query, schema, 'call-1', { direction: 'backwards' })))
          .map(({ revision }) => revision)
          .reverse(),
    };
    let length = 0;
    for (const whole of Object.values(wholes)) {
      for (const size of [170, 700]) {
        const more = 4 * size + 1;
        const end = (await collect(log.readStream('call-1', { direction: 'backwards', limit: 1 })))[0]?.revision;
        for (let added = 0; added < more; added += 500) {
          const expected = end === undefined && added === 0 ? 'no_stream' : (end ?? -1n) + BigInt(added);
          await log.append('call-1', eventsOf(Math.min(500, more - added)), expected);
        }
        length += more;
        const numbers = await whole(async (statement) => {
          const rows = await read(statement);
          await packBlock(pool, schema, { before: ANY_AGE, events: size });
          return rows as never;
        });
        const expected = whole === wholes.log ? length + 1 : length;
        assert.equal(
          numbers,
          Array.from({ length: expected }, (_, n) => BigInt(n)),
        );
      }
    }
  }),
);

test(
  'gives each event once to who reads while others append and pack',
  withLog(async (log, schema) => {
    const follower = follow(log, 0n);
    let isOver = false;
    const appending = (async () => {
      for (let n = 0; n < 60; n += 1) {
        const stream = `call-${n % 7}`;
        const expected = n < 7 ? 'no_stream' : BigInt(Math.floor(n / 7) * 40 - 1);
        await log.append(stream, eventsOf(40), expected);
      }
    })();
    const packing = (async () => {
      while (!isOver) await packAll(pool, schema, [Math.ceil(Math.random() * 90)]);
    })();
    const reading = (async () => {
      let reads = 0;
      while (!isOver) {
        const positions = (await collect(log.readAll(0n))).map(({ position }) => Number(position));
        assert.equal(
          positions,
          positions.map((_, n) => n + 1),
        );
        const [after, stream] = [Math.floor(Math.random() * positions.length), `call-${reads % 7}`];
        const rest = await collect(log.readAll(BigInt(after)));
        assert.is(rest[0]?.position ?? BigInt(after) + 1n, BigInt(after) + 1n);
        for (const direction of ['forwards', 'backwards'] as const) {
          const revisions = (await collect(log.readStream(stream, { direction }))).map(({ revision }) =>
            Number(revision),
          );
          if (direction === 'backwards') revisions.reverse();
          assert.equal(
            revisions,
            revisions.map((_, n) => n),
          );
        }
        reads += 1;
      }
    })();
    const ended = appending.then(async () => {
      await follower.until(2_401);
      isOver = true;
    });
    await Promise.all([ended, packing, reading]);
    assert.equal(
      follower.seen.map(({ position }) => Number(position)),
      Array.from({ length: 2_401 }, (_, n) => n + 1),
    );
    assert.ok((await count(`${schema}.pack`)) > 20);
    await follower.stop();
  }),
);

test.run();
