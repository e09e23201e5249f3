import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { matchOf, openTables } from './tables.ts';

const test = suite('calls in progress, for who asks again and again');

test('those that are new or other than before are read, and no others', async () => {
  const { readModel, tables, close } = await openTables();
  const call = (id: string, own: object) =>
    JSON.stringify({
      id,
      customer_id: null,
      match: JSON.parse(matchOf('unmatched')),
      extensions: [],
      rang: [],
      ...own,
    });
  const [known, stranger] = [randomUUID(), randomUUID()];
  await tables()
    .insertInto('customer')
    .values({ id: 'c1', name: 'Acme', revision: 0n, removed_at: null, registered_at: '2026-01-01T00:00:00Z' })
    .execute();
  await tables()
    .insertInto('current_call')
    .values([
      { id: known, group_id: 1n, pbx: 'pbx', call: call(known, { customer_id: 'c1' }) },
      { id: stranger, group_id: 2n, pbx: 'pbx', call: call(stranger, { state: 'ringing' }) },
    ])
    .execute();
  let marks: ReadonlyMap<string, string> = new Map();
  const look = async () => {
    const since = await readModel.currentSince(marks);
    marks = since.marks;
    return since.changed;
  };
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  assert.equal([...(await look())].sort(byId), [...(await readModel.current())].sort(byId));
  assert.equal(await look(), []);

  const talking = call(stranger, { state: 'talking' });
  await tables().updateTable('current_call').set({ call: talking }).where('id', '=', stranger).execute();
  assert.equal(
    (await look()).map(({ id, state }) => [id, state]),
    [[stranger, 'talking']],
  );

  await tables().updateTable('customer').set({ name: 'Acme Ltd' }).execute();
  assert.equal(
    (await look()).map(({ id, customer }) => [id, customer?.name]),
    [[known, 'Acme Ltd']],
  );

  await tables().deleteFrom('current_call').where('id', '=', known).execute();
  assert.equal([await look(), [...marks.keys()]], [[], [stranger]]);
  await close();
});

test('of calls that are too large together the oldest are told', async () => {
  const { readModel, tables, close } = await openTables();
  const ids = Array.from({ length: 20 }, () => randomUUID());
  const phones = Array.from({ length: 20_000 }, (_, n) => `phone-${n}-${'x'.repeat(40)}`);
  const call = (id: string) =>
    JSON.stringify({ id, customer_id: null, match: JSON.parse(matchOf('unmatched')), extensions: [], rang: phones });
  for (const [n, id] of ids.entries()) {
    const occurred_at = `2026-11-20T10:00:${10 + n}.000000Z`;
    await tables()
      .insertInto('current_call')
      .values({ id, group_id: BigInt(n), pbx: 'pbx', occurred_at, call: call(id) })
      .execute();
  }
  const told = (await readModel.current()).map(({ id }) => id);
  const held = Math.floor(16_777_216 / Buffer.byteLength(call(ids[0] ?? '')));
  assert.equal(told, ids.slice(0, held));
  const { marks, changed } = await readModel.currentSince(new Map());
  assert.equal([[...marks.keys()], changed.length], [told, held]);
  assert.ok(changed.every(({ rang, cut }) => rang.length === 50 && cut.includes('rang')));
  await close();
});

test.run();
