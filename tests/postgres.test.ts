import * as assert from 'uvu/assert';
import { fromRfc3339, toRfc3339 } from '../src/domain/time.ts';
import { policyOf } from '../src/errorPolicy.ts';
import { createPool } from '../src/postgres.ts';
import { createDatabase } from './support/postgres.ts';
import { suite } from './support/suite.ts';

const test = suite('the way to PostgreSQL');
const { url, drop } = await createDatabase();
const pool = createPool(url);

test.after(async () => {
  await pool.end();
  await drop();
});

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

const selected = async (expression: string): Promise<unknown> =>
  (await pool.query<{ value: unknown }>(`select ${expression} as value`)).rows[0]?.value;

test('a time comes back as it was written: RFC 3339 in UTC with six digits', async () => {
  const times = ['2026-11-23T02:33:06.221257Z', '2026-11-23T02:33:06.200000Z', '2026-11-23T02:33:06.000000Z'];
  for (const time of times) {
    assert.is(await selected(`'${time}'::timestamptz`), time);
    const micros = fromRfc3339(time);
    assert.is(micros === null ? null : toRfc3339(micros), time);
  }
  assert.is(await selected(`'2026-11-23T04:33:06.5+02:00'::timestamptz`), '2026-11-23T02:33:06.500000Z');
});

test('a whole number of eight bytes keeps all its digits', async () => {
  assert.is(await selected('9223372036854775807'), 9_223_372_036_854_775_807n);
});

test('a server that cannot be reached, ends the connection or does not answer in time is away', async () => {
  const nobody = createPool('postgres://nobody@127.0.0.1:1/none');
  const hasty = createPool(url, { queryTimeoutMs: 1 });
  const failures = [
    () => nobody.query('select 1'),
    () => pool.query('select pg_terminate_backend(pg_backend_pid())'),
    () => hasty.query('select pg_sleep(1)'),
  ];
  for (const fail of failures) assert.is(policyOf(await failureOf(fail)), 'later');
  await nobody.end();
  await hasty.end();
});

test('a statement that is wrong is in no table, one that a value spoils comes again', async () => {
  assert.is(policyOf(await failureOf(() => pool.query('select nothing from nowhere'))), null);
  assert.is(policyOf(await failureOf(() => pool.query('select 1 / 0'))), 'never');
});

test.run();
