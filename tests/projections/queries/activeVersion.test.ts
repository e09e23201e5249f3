import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { pino } from 'pino';
import * as assert from 'uvu/assert';
import { hasCode } from '../../../src/errors.ts';
import { createPool } from '../../../src/postgres.ts';
import { createReadModel } from '../../../src/projections/index.ts';
import { suite } from '../../support/suite.ts';
import { entryRow, openedTables } from './tables.ts';

const test = suite('the version that is read');
const open = openedTables(test);

test('every call goes to the version that is active at that moment', async () => {
  const { readModel, tables, build, activate } = await open();
  await build(2);
  const [old, rebuilt] = [entryRow(), entryRow()];
  await tables(1).insertInto('crm_comms_log').values(old).execute();
  await tables(2).insertInto('crm_comms_log').values(rebuilt).execute();
  const ids = async () => (await readModel.list({}, null, 10)).items.map((item) => item.id);
  assert.equal(await ids(), [old.id]);
  await activate(2);
  assert.equal(await ids(), [rebuilt.id]);
  assert.is((await readModel.status()).version, 2);
  await activate(1);
  assert.equal(await ids(), [old.id]);
});

test('a list that was begun goes on in its version, whatever is active by then, until that one is gone', async () => {
  const { readModel, tables, control, build, activate } = await open();
  await build(2);
  const old = [entryRow(), entryRow(), entryRow()];
  await tables(1).insertInto('crm_comms_log').values(old).execute();
  await tables(2).insertInto('crm_comms_log').values([entryRow(), entryRow()]).execute();
  const first = await readModel.list({}, null, 1);
  await activate(2);
  const second = await readModel.list({}, first.next, 1);
  const seen = [...first.items, ...second.items].map((item) => item.id);
  assert.equal([new Set(seen).size, seen.every((id) => old.some((row) => row.id === id))], [2, true]);
  assert.is(second.next?.version, 1);
  // the tables go after the state has been set, so a reader may meet either
  await sql`drop schema read_v1 cascade`.execute(control);
  await assertGone(() => readModel.list({}, second.next, 1));
  await control.updateTable('read_model_version').set({ state: 'dropped' }).where('version', '=', 1).execute();
  await assertGone(() => readModel.list({}, second.next, 1));
  await assertGone(() => readModel.customers({}, { version: 1, key: 'a' }, 1));
  await assertGone(() => readModel.parked({ version: 1, key: 1n }, 1));
  assert.is((await readModel.list({}, null, 10)).items.length, 2);
});

test('the status says what is served, how far it is, and what is parked', async () => {
  const { readModel, control, tables } = await open();
  await tables().insertInto('crm_comms_log').values([entryRow(), entryRow()]).execute();
  await sql`analyze read_v1.crm_comms_log`.execute(control);
  await tables().updateTable('checkpoint').set({ position: 99n }).execute();
  await tables()
    .insertInto('parked')
    .values({
      position: 5n,
      stream: 'call-pbx-1',
      revision: 0n,
      event_id: randomUUID(),
      type: 'CallHungUp',
      error: 'POISON_EVENT',
      parked_at: '2026-11-20T10:00:00Z',
    })
    .execute();
  assert.equal(await readModel.status(), {
    version: 1,
    derivation: '1-rules1',
    position: 99n,
    parked: 1,
    estimatedRows: 2,
  });
});

test('while there is no active version yet, and while PostgreSQL is away, DATABASE_UNAVAILABLE is said', async () => {
  const { readModel, control } = await open();
  await control.updateTable('read_model').set({ active_version: null }).execute();
  await assertUnavailable(() => readModel.list({}, null, 1));

  const url = 'postgres://nobody@127.0.0.1:1/none';
  const pool = createPool(url);
  const away = createReadModel({ pool, url, logger: pino({ level: 'silent' }) });
  await assertUnavailable(() => away.feedHead());
  await away.close();
  await pool.end();
});

async function assertGone(work: () => Promise<unknown>): Promise<void> {
  const error: unknown = await work().catch((reason: unknown) => reason);
  assert.ok(hasCode(error, 'VERSION_GONE'), String(error));
}

async function assertUnavailable(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    assert.ok(hasCode(error, 'DATABASE_UNAVAILABLE'), String(error));
    return;
  }
  assert.unreachable('it must fail');
}

test.run();
