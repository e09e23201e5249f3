import * as fc from 'fast-check';
import { sql } from 'kysely';
import * as assert from 'uvu/assert';
import { migrate } from '../../../src/projections/index.ts';
import { suite } from '../../support/suite.ts';
import { entryRow, openedTables } from './tables.ts';

const test = suite('entries of an extension');
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const open = openedTables(test);

type Tables = ReturnType<Awaited<ReturnType<typeof open>>['tables']>;

async function kept(tables: Tables): Promise<readonly unknown[]> {
  const rows = await tables.selectFrom('entry_extension').selectAll().execute();
  return rows.map(({ extension, occurred_at, id }) => `${extension} ${occurred_at} ${id}`).sort();
}

async function recounted(tables: Tables): Promise<readonly unknown[]> {
  const rows = await tables.selectFrom('crm_comms_log').select(['id', 'occurred_at', 'extensions', 'rang']).execute();
  return rows
    .flatMap((row) => [...new Set([...row.extensions, ...row.rang])].map((of) => `${of} ${row.occurred_at} ${row.id}`))
    .sort();
}

const partsArbitrary = fc.record({
  extensions: fc.subarray(['101', '102', '103']),
  rang: fc.subarray(['101', '102', '104']),
  occurred_at: fc.constantFrom('2026-11-20T10:00:00.000000Z', '2026-11-20T11:00:00.000000Z'),
});
const stepArbitrary = fc.record({
  what: fc.constantFrom('insert', 'upsert', 'update', 'delete'),
  row: fc.nat({ max: 5 }),
  parts: partsArbitrary,
});

test(`are those of its rows, whatever was done to them (seed ${seed})`, async () => {
  const { tables } = await open();
  const ids = Array.from({ length: 6 }, () => entryRow().id);
  const property = fc.asyncProperty(fc.array(stepArbitrary, { minLength: 5, maxLength: 20 }), async (steps) => {
    for (const { what, row, parts } of steps) {
      const id = ids[row] ?? '';
      if (what === 'delete') await tables().deleteFrom('crm_comms_log').where('id', '=', id).execute();
      if (what === 'update')
        await tables().updateTable('crm_comms_log').set(parts).where('position', '>', -1n).execute();
      if (what === 'insert' || what === 'upsert') {
        const values = [entryRow({ id, ...parts }), entryRow(parts)];
        await tables()
          .insertInto('crm_comms_log')
          .values(values)
          .onConflict((on) => (what === 'insert' ? on.column('id').doNothing() : on.column('id').doUpdateSet(parts)))
          .execute();
      }
      assert.equal(await kept(tables()), await recounted(tables()));
    }
  });
  await fc.assert(property, { seed, numRuns: 10 });
});

test('are there also in a version that an older program has built', async () => {
  const { tables, control, readModel } = await open();
  await sql`drop table read_v1.entry_extension`.execute(control);
  for (const event of ['insert', 'update', 'delete']) {
    await sql`drop trigger ${sql.id(`entry_extension_${event}`)} on read_v1.crm_comms_log`.execute(control);
  }
  await sql`drop index read_v1.crm_comms_log_name_part`.execute(control);
  await control.updateTable('read_model_version').set({ state: 'active' }).execute();
  const before = entryRow({ extensions: ['101'], rang: ['102'] });
  await tables().insertInto('crm_comms_log').values(before).execute();
  await migrate(control.withoutPlugins());
  const after = entryRow({ extensions: ['101'], rang: [] });
  await tables().insertInto('crm_comms_log').values(after).execute();
  const of = async (extension: string) =>
    (await readModel.list({ extension }, null, 10)).items.map(({ id }) => id).sort();
  assert.equal([await of('101'), await of('102')], [[before.id, after.id].sort(), [before.id]]);
  const { rows } = await sql`select from pg_indexes where indexname = 'crm_comms_log_name_part'`.execute(control);
  assert.is(rows.length, 1);
});

test.run();
