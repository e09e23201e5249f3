import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { entryRow, openTables } from './tables.ts';

const test = suite('reading what changed');
const { readModel, tables, close } = await openTables();
const [row, merged, current, removed] = [entryRow(), randomUUID(), randomUUID(), randomUUID()];

test.before(async () => {
  await tables().insertInto('crm_comms_log').values(row).execute();
  await tables()
    .insertInto('changes')
    .values([
      { seq: 1n, id: row.id, kind: 'upsert', current_id: null },
      { seq: 2n, id: merged, kind: 'upsert', current_id: null },
      { seq: 3n, id: merged, kind: 'merged', current_id: current },
      { seq: 4n, id: removed, kind: 'removed', current_id: null },
      { seq: 5n, id: row.id, kind: 'upsert', current_id: null },
    ])
    .execute();
  await tables().updateTable('checkpoint').set({ seq: 5n }).execute();
});

test.after(close);

const seqs = async (after: bigint, limit: number) =>
  (await readModel.changes(1, after, limit))?.map((change) => change.seq);

test('changes go on after the one that was seen last, in order and at most as many as were asked for', async () => {
  assert.equal(await seqs(0n, 100), [1n, 2n, 3n, 4n, 5n]);
  assert.equal(await seqs(2n, 2), [3n, 4n]);
  assert.equal(await seqs(5n, 100), []);
  assert.equal(await readModel.feedHead(), { version: 1, seq: 5n });
});

test('an upsert brings the entry as it is now, if there is one; a merge says into which id', async () => {
  const changes = await readModel.changes(1, 0n, 100);
  assert.equal(
    changes?.map(({ kind, entry, currentId }) => [kind, entry?.id ?? null, currentId]),
    [
      ['upsert', row.id, null],
      ['upsert', null, null],
      ['merged', null, current],
      ['removed', null, null],
      ['upsert', row.id, null],
    ],
  );
  assert.is(changes?.[0]?.entry?.customer, null);
});

test('who comes from another version, or from further than the tables are, must begin anew', async () => {
  assert.is(await readModel.changes(2, 0n, 100), null);
  assert.is(await readModel.changes(1, 6n, 100), null);
});

test('who has missed changes that are no longer kept must begin anew', async () => {
  await tables().deleteFrom('changes').where('seq', '<=', 2n).execute();
  assert.is(await readModel.changes(1, 1n, 100), null);
  assert.equal(await seqs(2n, 100), [3n, 4n, 5n]);
  await tables().deleteFrom('changes').execute();
  assert.is(await readModel.changes(1, 4n, 100), null);
  assert.equal(await seqs(5n, 100), []);
});

test.run();
