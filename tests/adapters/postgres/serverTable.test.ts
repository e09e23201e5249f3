import pg from 'pg';
import * as assert from 'uvu/assert';
import { ServerTable } from '../../../src/adapters/postgres/index.ts';
import type { Micros } from '../../../src/domain/time.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import type { OwnServer, ServerReport } from '../../../src/ports/servers.ts';
import { connectionSettings, createPool } from '../../../src/postgres.ts';
import { controlDb, migrate } from '../../../src/projections/index.ts';
import { createDatabase } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the table in which servers tell of themselves');
const { url, drop } = await createDatabase();
const pool = createPool(url);
await migrate(controlDb(pool));
test.after(async () => {
  await pool.end();
  await drop();
});
test.before.each(async () => void (await pool.query('truncate commslog.server, commslog.lease')));

const A: OwnServer = {
  id: '00000000-0000-4000-8000-00000000000a',
  name: 'a',
  program: '1.2.3',
  startedAt: '2026-11-25T11:00:00.000000Z',
  does: { pbxs: ['main'], projects: true },
  fingerprints: { secret: 'xyz' },
};
const B: OwnServer = {
  ...A,
  id: '00000000-0000-4000-8000-00000000000b',
  name: 'b',
  does: { pbxs: [], projects: false },
};
const REPORT: ServerReport = {
  pbxs: [
    {
      pbx: 'main',
      state: 'connected',
      level: 'pass',
      detail: 'Connected.',
      since: '2026-11-25T11:00:00.000000Z',
      lastHeardAt: null,
      delayMs: 12.5,
      account: { commands: ['Status'], lists: 'all', problem: null },
      lastError: null,
      reconnects: 0,
      counts: {},
    },
  ],
  failedTries: [{ version: 1, count: 2, lastError: 'PostgreSQL 53200' }],
};
const NOTHING: ServerReport = { pbxs: [], failedTries: [] };
const table = (ms = 0) => new ServerTable(pool, { now: () => (systemClock.now() + ms * 1000) as Micros });

test('each hears what the others have told, the newest first, and how long ago', async () => {
  await table().meet(A, REPORT);
  await pool.query("update commslog.server set seen_at = seen_at - interval '7 seconds'");
  const { servers, leases, olderServes } = await table().meet(B, NOTHING);
  assert.equal([leases, olderServes], [[], false]);
  const [b, a] = servers;
  assert.is(b?.name, 'b');
  const { silentSeconds = 0, ...told } = a ?? {};
  assert.equal(told, { ...A, clockOffsetMs: null, report: REPORT });
  assert.ok(silentSeconds >= 7 && silentSeconds < 60);
});

test('a server tells how far its clock is from that of PostgreSQL', async () => {
  const ahead = table(5_000);
  await ahead.meet(A, NOTHING);
  const { servers } = await ahead.meet(A, NOTHING);
  const offset = servers[0]?.clockOffsetMs ?? 0;
  assert.ok(offset > 4_000 && offset < 6_000, `${offset}`);
});

test('of two processes with one id, as where a DATA_DIR was copied, the later one is told of as long as it is there', async () => {
  const later = { ...A, name: 'copy', startedAt: '2026-11-25T12:00:00.000000Z' };
  await table().meet(later, NOTHING);
  const { servers } = await table().meet(A, NOTHING);
  assert.equal(
    servers.map(({ name, startedAt }) => [name, startedAt]),
    [['copy', later.startedAt]],
  );
  await pool.query("update commslog.server set seen_at = seen_at - interval '11 seconds'");
  const after = await table().meet(A, NOTHING);
  assert.equal(
    after.servers.map(({ name }) => name),
    ['a'],
  );
});

test('one that was not heard of for a day is forgotten', async () => {
  await table().meet(A, NOTHING);
  await pool.query("update commslog.server set seen_at = seen_at - interval '25 hours'");
  const { servers } = await table().meet(B, NOTHING);
  assert.equal(
    servers.map(({ name }) => name),
    ['b'],
  );
});

test('what a server of another release tells is passed over, and not the server', async () => {
  await table().meet(A, NOTHING);
  await pool.query(`update commslog.server set report = '{"of": "the future"}'`);
  const { servers } = await table().look();
  assert.equal(
    servers.map(({ name, report }) => [name, report]),
    [['a', null]],
  );
});

test('a lease that is over is nobody’s', async () => {
  await pool.query(
    `insert into commslog.lease (name, holder, holder_name, process, taken_at, expires_at) values
     ('pbx:main', $1, 'a', $1, now(), now() + interval '6 s'), ('pbx:other', $1, 'a', $1, now(), now() - interval '1 s'),
     ('version:1', $1, 'a', $1, now(), '-infinity')`,
    [A.id],
  );
  assert.equal((await table().look()).leases, [
    { name: 'pbx:main', holder: { id: A.id, name: 'a' } },
    { name: 'pbx:other', holder: null },
    { name: 'version:1', holder: null },
  ]);
});

test('a `serve` of an older release is seen by the lock that it holds alone', async () => {
  const older = new pg.Client(connectionSettings(url));
  await older.connect();
  await older.query('select pg_advisory_lock_shared(7266001)');
  assert.is((await table().look()).olderServes, false);
  await older.query('select pg_advisory_unlock_shared(7266001)');
  await older.query('select pg_advisory_lock(7266001)');
  assert.is((await table().look()).olderServes, true);
  await older.end();
});

test.run();
