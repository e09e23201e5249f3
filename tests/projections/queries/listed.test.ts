import * as assert from 'uvu/assert';
import type { CommsKey, InVersion, ReadModel } from '../../../src/ports/readModel.ts';
import { suite } from '../../support/suite.ts';
import { entryRow, openedTables } from './tables.ts';

const test = suite('what lists show of an entry');
const open = openedTables(test);

const AT = '2026-11-20T10:00:00.000000Z';
const note = (n: number, text: string) => ({ id: `note-${n}`, text, author: 'anna', at: AT });
/** As many as people may add, as long as they may be. */
const MANY_NOTES = Array.from({ length: 200 }, (_, n) => note(n, '😀'.repeat(5_000)));
const someone = { rule: 'number_at_the_time', customer_id: 'c-1' };

test('however many notes it has, lists show how many and the beginning of the latest; the entry has all', async () => {
  const { readModel, tables } = await open();
  const { id = '' } = entryRow();
  await tables()
    .insertInto('crm_comms_log')
    .values(entryRow({ id, notes: JSON.stringify(MANY_NOTES) }))
    .execute();
  const [item] = (await readModel.list({}, null, 10)).items;
  assert.is(item?.notes_count, 200);
  assert.equal(item?.last_note, note(199, '😀'.repeat(200)));
  assert.not('notes' in Object(item));
  const found = await readModel.get(id);
  assert.equal(found?.kind === 'found' && found.entry.notes, MANY_NOTES);
});

test('who has no note has none, and says who wrote what with one', async () => {
  const { readModel, tables } = await open();
  const [without, withOne] = [entryRow(), entryRow({ notes: JSON.stringify([note(1, 'short')]) })];
  await tables().insertInto('crm_comms_log').values([without, withOne]).execute();
  const { items } = await readModel.list({}, null, 10);
  const shown = (id: string) => items.flatMap((item) => (item.id === id ? [[item.notes_count, item.last_note]] : []));
  assert.equal(shown(without.id), [[0, null]]);
  assert.equal(shown(withOne.id), [[1, note(1, 'short')]]);
});

test('of many phones and possible customers the first 50 are shown, and that there are more', async () => {
  const { readModel, tables } = await open();
  const phones = Array.from({ length: 51 }, (_, n) => `${1_000 + n}`);
  const candidates = Array.from({ length: 60 }, (_, n) => ({ ...someone, customer_id: `c-${n}` }));
  const match = { status: 'ambiguous', rule: 'number_at_the_time', number: null, candidates };
  const many = { rang: phones, extensions: phones.slice(0, 50) };
  const row = entryRow({ ...many, match: JSON.stringify(match) });
  await tables().insertInto('crm_comms_log').values(row).execute();
  await tables()
    .insertInto('current_call')
    .values({ id: row.id, group_id: 1n, pbx: 'pbx', call: JSON.stringify({ ...many, match, customer_id: null }) })
    .execute();
  const [[listed], [current]] = [(await readModel.list({}, null, 10)).items, await readModel.current()];
  for (const shown of [listed, current]) {
    assert.equal(shown?.cut, ['rang', 'candidates']);
    assert.equal([shown?.rang, shown?.extensions], [phones.slice(0, 50), phones.slice(0, 50)]);
    assert.equal(shown?.match.candidates, candidates.slice(0, 50));
  }
  const found = await readModel.get(row.id);
  assert.equal(found?.kind === 'found' && [found.entry.rang, found.entry.match], [phones, match]);
});

test('whole entries come in pages of a size in bytes, each once and in order, however large one is', async () => {
  const { readModel, tables } = await open();
  const large = JSON.stringify(MANY_NOTES);
  const rows = Array.from({ length: 24 }, (_, n) =>
    entryRow({ occurred_at: `2026-11-20T10:00:${10 + n}.000000Z`, notes: n % 3 === 0 ? large : '[]' }),
  );
  await tables().insertInto('crm_comms_log').values(rows).execute();
  const pages: string[][] = [];
  let after: InVersion<CommsKey> | null = null;
  do {
    const page: Awaited<ReturnType<ReadModel['entries']>> = await readModel.entries({}, after, 20);
    const bytes = page.items.reduce((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)), 0);
    assert.ok(bytes < 4_194_304 + 2 * Buffer.byteLength(large), `${bytes} bytes`);
    pages.push(page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== null);
  assert.equal(pages.flat(), rows.map(({ id }) => id).reverse());
  assert.ok(pages.length >= 4, `${pages.length} pages`);
});

test('a page of whole small entries is as long as was asked for', async () => {
  const { readModel, tables } = await open();
  await tables()
    .insertInto('crm_comms_log')
    .values(Array.from({ length: 21 }, () => entryRow()))
    .execute();
  const first = await readModel.entries({}, null, 20);
  assert.is(first.items.length, 20);
  const second = await readModel.entries({}, first.next, 20);
  assert.equal([second.items.length, second.next], [1, null]);
  assert.equal(await readModel.entries({ done: true }, null, 20), { items: [], next: null });
});

test.run();
