import { Kysely, PostgresDialect } from 'kysely';
import * as assert from 'uvu/assert';
import { CommslogError } from '../../src/errors.ts';
import type { ReadModel } from '../../src/ports/readModel.ts';
import { createPool } from '../../src/postgres.ts';
import { createReadModel } from '../../src/projections/index.ts';
import type { VersionTables } from '../../src/projections/tables/schema.ts';
import { entryRow } from '../projections/queries/tables.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { field, open } from './support/ask.ts';
import { tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('what takes long');

const base = await startSystem();
const expensive = createPool(base.url, { max: 1, waitMs: 300 });
const readModel = createReadModel({ pool: base.pool, expensive, url: base.url, logger: base.options.logger });
const system = await startSystem({ readModel, audit: base.options.audit, secret: base.options.secret });
const token = await base.token('auditor');
await tellRecording(base, 'one', 'inbound-transferred');
test.after(async () => {
  await system.close();
  await readModel.close();
  await expensive.end();
  await base.close();
});

const PERIOD = 'from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&tz=UTC';
const EXPENSIVE = [
  '/api/crm/comms?q=69',
  '/api/crm/comms/counts',
  `/api/crm/reports/summary?${PERIOD}`,
  '/api/crm/export',
  '/api/crm/customers?q=69',
  `/api/admin/coverage?${PERIOD}`,
];
/** pino's */
const WARN = 40;
const CHEAP = ['/api/crm/comms', '/api/crm/calls/current', '/api/crm/customers'];

test('is told BUSY, with when to ask again, while its places are taken; what is quick is answered', async () => {
  const taken = await expensive.connect();
  const before = system.logged.length;
  try {
    for (const path of EXPENSIVE) {
      const { status, json, headers } = await system.ask({ path, token });
      assert.equal([path, status, field(json, 'code')], [path, 503, 'BUSY']);
      assert.match(String(headers['retry-after']), /^\d+$/);
    }
    for (const path of CHEAP) assert.is((await system.ask({ path, token })).status, 200, path);
  } finally {
    taken.release();
  }
  const told = system.logged.slice(before).map((line) => JSON.parse(line));
  const refused = told.filter(({ res }) => res?.status === 503);
  assert.is(refused.length, EXPENSIVE.length);
  for (const { level, err } of refused) assert.equal([level, err.code, err.stack], [WARN, 'BUSY', undefined]);
  for (const path of EXPENSIVE) assert.is((await system.ask({ path, token })).status, 200, path);
});

test('an export that was begun waits for its turn again, and is whole', async () => {
  const ids = Array.from({ length: 1_100 }, () => entryRow());
  const tables = new Kysely<VersionTables>({ dialect: new PostgresDialect({ pool: base.pool }) }).withSchema('read_v1');
  await tables.insertInto('crm_comms_log').values(ids).execute();
  let asked = 0;
  const written: ReadModel['written'] = async (...of) => {
    asked += 1;
    if (asked === 2 || asked === 4) throw new CommslogError('BUSY', 'too many');
    return readModel.written(...of);
  };
  const { options } = base;
  const other = await startSystem({
    readModel: { ...readModel, written },
    audit: options.audit,
    secret: options.secret,
  });
  try {
    const { status, text } = await other.ask({ path: '/api/crm/export?format=ndjson', token });
    assert.equal([status, text.trimEnd().split('\n').length], [200, 1_101]);
  } finally {
    await other.close();
  }
});

test('ends in PostgreSQL with its client', async () => {
  const lock = await base.pool.connect();
  try {
    await lock.query('begin; lock table read_v1.crm_comms_log in access exclusive mode');
    const waiting = async () => {
      const { rows } = await lock.query(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0].n;
    };
    const before = await waiting();
    const asked = open(system.port, { path: '/api/crm/comms?q=69', token }).catch(() => undefined);
    await eventually('it is being read', async () => (await waiting()) === before + 1);
    await system.http.close();
    await asked;
    await eventually('it is ended', async () => (await waiting()) === before);
  } finally {
    await lock.query('rollback');
    lock.release();
  }
});

test.run();
