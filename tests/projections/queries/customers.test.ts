import * as assert from 'uvu/assert';
import type { InVersion } from '../../../src/ports/readModel.ts';
import { suite } from '../../support/suite.ts';
import { openTables } from './tables.ts';

const test = suite('reading customers');
const AT = '2026-01-01T00:00:00.000000Z';
const { readModel, tables, close } = await openTables();

test.after(close);

const customer = (id: string, name: string, removed_at: string | null = null) => ({
  id,
  name,
  revision: 3n,
  removed_at,
  registered_at: AT,
});
const held = (customer_id: string, ordinal: number, number: string, e164: string | null, listed = true) => ({
  customer_id,
  ordinal,
  number,
  e164,
  label: ordinal === 0 ? 'main' : null,
  valid_from: null,
  valid_to: ordinal === 0 ? null : AT,
  recorded_at: AT,
  holds_from: AT,
  holds_to: null,
  listed,
});

test.before(async () => {
  await tables()
    .insertInto('customer')
    .values([
      customer('c-zoe', 'Zoe'),
      customer('c-alice', 'alice'),
      customer('c-acme2', 'ACME'),
      customer('c-acme1', 'acme'),
      customer('c-gone', 'Acme Gone', AT),
      customer('c-delta', 'Δέλτα 100%'),
    ])
    .execute();
  await tables()
    .insertInto('customer_number')
    .values([
      held('c-zoe', 1, '210 123 4567', '+302101234567'),
      held('c-zoe', 0, '6912345678', '+306912345678'),
      held('c-zoe', 2, '6900000000', '+306900000000', false),
      held('c-alice', 0, '0210/555-1234', null),
    ])
    .execute();
});

const ids = async (q?: string) => (await readModel.customers({ q }, null, 100)).items.map((one) => one.id);

test('customers are listed by name, whatever its case, without those that were removed', async () => {
  assert.equal(await ids(), ['c-acme1', 'c-acme2', 'c-alice', 'c-zoe', 'c-delta']);
});

test('pages of any size give every customer once', async () => {
  for (const size of [1, 2, 3, 4, 5, 6]) {
    const seen: string[] = [];
    let after: InVersion<string> | null = null;
    do {
      const page: Awaited<ReturnType<typeof readModel.customers>> = await readModel.customers({}, after, size);
      seen.push(...page.items.map((one) => one.id));
      after = page.next;
    } while (after !== null);
    assert.equal(seen, await ids(), `pages of ${size}`);
  }
});

test('numbers that are not understood are counted, and their customers can be listed', async () => {
  assert.equal(await readModel.customerNumbers(), { total: 3, notUnderstood: 1 });
  const { items } = await readModel.customers({ notUnderstood: true }, null, 100);
  assert.equal(
    items.map(({ id }) => id),
    ['c-alice'],
  );
});

test('a customer is found by a part of its name, or of a number that is still in its list', async () => {
  assert.equal(await ids('ACM'), ['c-acme1', 'c-acme2']);
  assert.equal(await ids('δέλ'), ['c-delta']);
  assert.equal(await ids('ΔΕΛ'), ['c-delta']);
  assert.equal(await ids('100%'), ['c-delta']);
  assert.equal(await ids('0%0'), []);
  assert.equal(await ids('0691234'), ['c-zoe']);
  assert.equal(await ids('+30 210 1234567'), ['c-zoe']);
  assert.equal(await ids('2105551234'), ['c-alice']);
  assert.equal(await ids('6900000000'), []);
});

test('words are found in any order, each in the name or in a number', async () => {
  assert.equal(await ids('100% δέλ'), ['c-delta']);
  assert.equal(await ids('210 123 zo'), ['c-zoe']);
  assert.equal(await ids('zoe +30 691 234'), ['c-zoe']);
  assert.equal(await ids('0691234 zoe 2101'), ['c-zoe']);
  assert.equal(await ids('zoe 555'), []);
  assert.equal(await ids('alice 0210 555'), ['c-alice']);
  assert.equal(await ids('acme gone'), []);
});

test('a customer has its listed numbers in their order, and the revision that If-Match needs', async () => {
  assert.equal(await readModel.customer('c-zoe'), {
    id: 'c-zoe',
    name: 'Zoe',
    numbers: [
      { number: '6912345678', e164: '+306912345678', label: 'main', from: null, to: null },
      { number: '210 123 4567', e164: '+302101234567', label: null, from: null, to: AT },
    ],
    revision: 3n,
    removedAt: null,
  });
  assert.equal((await readModel.customer('c-delta'))?.numbers, []);
});

test('a removed customer is still given by its id and says when it was removed, an unknown one is none', async () => {
  assert.is((await readModel.customer('c-gone'))?.removedAt, AT);
  assert.is(await readModel.customer('nobody'), null);
});

test.run();
