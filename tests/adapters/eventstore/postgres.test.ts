import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { hasCode } from '../../../src/errors.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { connectionSettings } from '../../../src/postgres.ts';
import { eventually } from '../../support/eventually.ts';
import { createDatabase, LATIN1 } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';
import { codeOf, collect, event, eventsOf, follow, ids, newStream } from './helpers.ts';

const test = suite('the log in PostgreSQL, inside');
let database: Awaited<ReturnType<typeof createDatabase>>;
test.before(async () => {
  database = await createDatabase();
});
test.after(async () => {
  await database.drop();
});

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

const positions = (events: readonly { readonly position: bigint }[]) => events.map(({ position }) => position);

/** Writes an event as the adapter does, in a transaction that is left open. */
async function writeUncommitted(other: pg.Client, schema: string): Promise<void> {
  await other.query('begin');
  await other.query(`select position from ${schema}.head for update`);
  await other.query(
    `insert into ${schema}.event (position, stream, revision, id, type, data, metadata)
     select position + 1, 'call-uncommitted', 0, gen_random_uuid(), 'Paused', '{}', '{}' from ${schema}.head`,
  );
  await other.query(`update ${schema}.head set position = position + 1`);
}

async function untilWaiting(other: pg.Client, count: number): Promise<void> {
  await eventually(`${count} that wait for a lock`, async () => {
    // a transaction sees the activity as it was when it first looked
    await other.query('select pg_stat_clear_snapshot()');
    const { rows } = await other.query<{ waiting: bigint }>(
      `select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]?.waiting === BigInt(count);
  });
}

test(
  'leaves no hole when a writer rolls back',
  withLog(async (log, schema, other) => {
    await log.append(newStream(), eventsOf(2), 'no_stream');
    await writeUncommitted(other, schema);
    const next = log.append(newStream(), eventsOf(1), 'no_stream');
    await untilWaiting(other, 1);
    await other.query('rollback');
    assert.is((await next).position, 4n);
    assert.equal(positions(await collect(log.readAll(0n))), [1n, 2n, 3n, 4n]);
  }),
);

test(
  'leaves no hole when refused and repeated appends are committed together with others',
  withLog(async (log) => {
    const [stream, batch] = [newStream(), eventsOf(2)];
    const codes = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        n % 3 === 0
          ? log.append(newStream(), eventsOf(3), 'no_stream')
          : n % 3 === 1
            ? log.append(stream, batch, 'no_stream')
            : codeOf(log.append(stream, [event()], 99n)),
      ),
    );
    assert.is(codes.filter((code) => code === 'WRONG_EXPECTED_REVISION').length, 10);
    const all = positions(await collect(log.readAll(0n)));
    assert.equal(
      all,
      all.map((_, n) => BigInt(n + 1)),
    );
    assert.is(all.length, 33);
  }),
);

test(
  'never lets a reader overtake a writer that pauses before it commits',
  withLog(async (log, schema, other) => {
    const follower = follow(log, await log.head());
    await writeUncommitted(other, schema);
    const second = log.append(newStream(), eventsOf(1), 'no_stream');
    await untilWaiting(other, 1);
    assert.is((await collect(log.readAll(0n))).length, 1);
    assert.is(follower.seen.length, 0);
    await other.query('commit');
    assert.is((await second).position, 3n);
    assert.equal(positions(await follower.until(2)), [2n, 3n]);
    await follower.stop();
  }),
);

test(
  'goes on while a long transaction that has nothing to do with it is open',
  withLog(async (log, _, other) => {
    await other.query('begin');
    await other.query('create temporary table unrelated (n int)');
    await other.query('insert into unrelated values (1)');
    const follower = follow(log, await log.head());
    const batch = eventsOf(3);
    await log.append(newStream(), batch, 'no_stream');
    assert.equal(ids(await follower.until(3)), ids(batch));
    await follower.stop();
    await other.query('rollback');
  }),
);

test(
  'stops at a hole and names its position',
  withLog(async (log, schema, other) => {
    await log.append(newStream(), eventsOf(5), 'no_stream');
    await other.query(`delete from ${schema}.event where position = 4`);
    const follower = follow(log, 0n, { streamPrefixes: ['customer-'] });
    const error = await follower.ended;
    assert.ok(hasCode(error, 'LOG_HOLE') && /position 4\b/.test(error.message));
    assert.is(await codeOf(collect(log.readAll(0n))), 'LOG_HOLE');
    assert.is((await collect(log.readAll(4n))).length, 2);
  }),
);

test(
  'finds what was appended without a notification',
  withLog(async (log, schema, other) => {
    const follower = follow(log, await log.head());
    await log.append(newStream(), eventsOf(1), 'no_stream');
    await follower.until(1);
    await writeUncommitted(other, schema);
    await other.query('commit');
    assert.is((await follower.until(2))[1]?.type, 'Paused');
    await follower.stop();
  }),
);

test(
  'follows the log when all its connections are ended again and again',
  withLog(async (log, _, other) => {
    const follower = follow(log, await log.head());
    const sent: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      await other.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
      );
      const [stream, batch] = [newStream(), eventsOf(4)];
      for (let attempt = 0; attempt < 10; attempt += 1) {
        const code = await codeOf(log.append(stream, batch, 'no_stream'));
        if (code === 'no error') break;
        assert.ok(code === 'LOG_UNAVAILABLE' || code === 'LOG_OUTCOME_UNKNOWN', String(code));
      }
      sent.push(...ids(batch));
      assert.equal(ids(await follower.until(sent.length)), sent);
    }
    assert.is(await follower.stop(), undefined);
  }),
);

test(
  'keeps an erased event its place, and nothing of what it said',
  withLog(async (log, schema, other) => {
    const stream = newStream();
    await log.append(stream, [event({ number: '2101234567' })], 'no_stream');
    await log.append(newStream(), eventsOf(1), 'no_stream');
    await log.erase([stream]);
    await log.erase([stream]);
    const { rows } = await other.query(`select type, data, metadata from ${schema}.event where stream = $1`, [stream]);
    assert.equal(rows, [{ type: '', data: null, metadata: null }]);
    assert.equal(positions(await collect(log.readAll(0n))), [1n, 3n]);
    assert.equal(await log.append(stream, [], 'no_stream').catch(({ code }) => code), 'STREAM_DELETED');
  }),
);

test('keeps what was written when it is opened again, by many at once', async () => {
  const schema = 'opened_by_many';
  const logs = await Promise.all(Array.from({ length: 5 }, () => openPostgresLog({ url: database.url, schema })));
  const known = new Set(await Promise.all(logs.map((log) => log.logId())));
  assert.is(known.size, 1);
  const batch = eventsOf(2);
  await logs[0]?.append('call-kept', batch, 'no_stream');
  await Promise.all(logs.map((log) => log.close()));
  const again = await openPostgresLog({ url: database.url, schema });
  assert.equal(ids(await collect(again.readStream('call-kept'))), ids(batch));
  await again.close();
});

test(
  'refuses tables that a newer program has made',
  withLog(async (_, schema, other) => {
    await other.query(`insert into ${schema}.migration (version) values (999)`);
    assert.is(await codeOf(openPostgresLog({ url: database.url, schema })), 'SCHEMA_TOO_NEW');
  }),
);

test(
  'says that access is denied to a user without the right',
  withLog(async (_, schema, other) => {
    await other.query(`create role stranger_${schema} login password 'stranger'`);
    const url = new URL(database.url);
    url.username = `stranger_${schema}`;
    url.password = 'stranger';
    assert.is(await codeOf(openPostgresLog({ url: url.href, schema })), 'LOG_ACCESS_DENIED');
    await other.query(`drop role stranger_${schema}`);
  }),
);

test(
  'fails only the append that PostgreSQL can never take, and stores those that waited with it',
  withLog(async (log, schema, other) => {
    const { pathname } = new URL(database.url);
    await other.query(`alter database ${pathname.slice(1)} set max_stack_depth = '100kB'`);
    // a log of its own, whose connections have that limit
    const shallow = await openPostgresLog({ url: database.url, schema });
    const deep = event(JSON.parse(`${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`));
    const outcomes = await Promise.all(
      Array.from({ length: 70 }, async (_, n) => {
        const stream = newStream();
        const batch = n % 23 === 11 ? [event(), deep] : eventsOf(2);
        const code = await codeOf(shallow.append(stream, batch, 'no_stream'));
        return { code, stored: (await collect(log.readStream(stream))).length };
      }),
    );
    for (const [n, outcome] of outcomes.entries())
      assert.equal(outcome, n % 23 === 11 ? { code: 'INVALID_EVENT', stored: 0 } : { code: 'no error', stored: 2 });
    const all = positions(await collect(log.readAll(0n)));
    assert.equal(
      all,
      all.map((_, n) => BigInt(n + 1)),
    );
    await other.query(`alter database ${pathname.slice(1)} reset max_stack_depth`);
    await shallow.close();
  }),
);

test(
  'is appended to by others while a process is frozen in its append, which is stored once when that goes on',
  withLog(async (log, schema, other) => {
    await other.query('begin');
    await other.query(`lock table ${schema}.event in exclusive mode`);
    const stream = newStream();
    const file = fileURLToPath(new URL('appendingWorker.ts', import.meta.url));
    const worker = fork(file, [database.url, schema, stream], { execArgv: ['--import', 'tsx'] });
    await untilWaiting(other, 1);
    worker.kill('SIGSTOP');
    // now its transaction has the end of the log, and nobody goes on with it
    await other.query('rollback');
    const mine = newStream();
    await log.append(mine, eventsOf(3), 'no_stream');
    const stored = once(worker, 'message');
    worker.kill('SIGCONT');
    await stored;
    const ended = once(worker, 'exit');
    worker.kill('SIGKILL');
    await ended;
    assert.equal(
      [(await collect(log.readStream(mine))).length, (await collect(log.readStream(stream))).length],
      [3, 1],
    );
  }),
);

test('refuses at the start a database whose encoding cannot hold every name, and says what to do', async () => {
  const latin1 = await createDatabase(LATIN1);
  const error = await openPostgresLog({ url: latin1.url }).catch((reason: unknown) => reason);
  assert.ok(hasCode(error, 'CONFIG_INVALID') && /LATIN1.*UTF8/.test(error.message), String(error));
  await latin1.drop();
});

test('says that it is unavailable when nobody listens', async () => {
  assert.is(await codeOf(openPostgresLog({ url: 'postgres://nobody@127.0.0.1:1/none' })), 'LOG_UNAVAILABLE');
});

test.run();
