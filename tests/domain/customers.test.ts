import * as assert from 'uvu/assert';
import { evolveCustomer, type RegisteredCustomer } from '../../src/domain/customers.ts';
import type { JsonObject, RecordedEvent } from '../../src/domain/events.ts';
import { lookupKey } from '../../src/domain/phone/index.ts';
import { fromRfc3339, toRfc3339 } from '../../src/domain/time.ts';
import { suite } from '../support/suite.ts';

const test = suite('a customer’s numbers through time');

const [MONDAY, TUESDAY, WEDNESDAY] = ['2026-11-23', '2026-11-24', '2026-11-25'].map((day) => `${day}T10:00:00.000000Z`);

test('without a date are held from the moment they were recorded, for as long as they are listed', () => {
  const held = after([MONDAY, 'CustomerRegistered', ['2101112222']], [TUESDAY, 'CustomerChanged', ['6912345678']]);
  assert.equal(held, [
    ['6912345678', TUESDAY, null, true],
    ['2101112222', MONDAY, TUESDAY, false],
  ]);
});

test('that stay in the list keep their beginning, however they are written', () => {
  const held = after(
    [MONDAY, 'CustomerRegistered', ['2101112222']],
    [TUESDAY, 'CustomerChanged', ['+30 210 111 2222']],
  );
  assert.equal(held, [['+30 210 111 2222', MONDAY, null, true]]);
});

test('have the dates that the CRM gives, as long as it gives them', () => {
  const dated = { number: '2101112222', from: '2020-01-01T00:00:00+02:00', to: '2021-01-01T00:00:00Z' };
  const told = after([MONDAY, 'CustomerRegistered', [dated]]);
  assert.equal(told, [['2101112222', '2019-12-31T22:00:00.000000Z', '2021-01-01T00:00:00.000000Z', true]]);
  const undated = after([MONDAY, 'CustomerRegistered', [dated]], [TUESDAY, 'CustomerChanged', ['2101112222']]);
  assert.equal(undated, [['2101112222', MONDAY, null, true]]);
});

test('may be the same one in two times', () => {
  const times: JsonObject[] = [
    { number: '2101112222', from: '2020-01-01T00:00:00Z', to: '2021-01-01T00:00:00Z' },
    { number: '2101112222', from: '2023-01-01T00:00:00Z' },
  ];
  assert.is(after([MONDAY, 'CustomerRegistered', times], [TUESDAY, 'CustomerChanged', times]).length, 2);
});

test('are given up when the customer is removed, and begin anew when it comes back', () => {
  const held = after(
    [MONDAY, 'CustomerRegistered', ['2101112222']],
    [TUESDAY, 'CustomerRemoved', []],
    [WEDNESDAY, 'CustomerRegistered', ['2101112222']],
  );
  assert.equal(held, [
    ['2101112222', WEDNESDAY, null, true],
    ['2101112222', MONDAY, TUESDAY, false],
  ]);
});

test('that stand in one field are two, also where only one of them is given up', () => {
  const held = after(
    [MONDAY, 'CustomerRegistered', ['2101112222 / 6912345678']],
    [TUESDAY, 'CustomerChanged', ['691 234 5678']],
  );
  assert.equal(held, [
    ['691 234 5678', MONDAY, null, true],
    ['2101112222', MONDAY, TUESDAY, false],
  ]);
});

test('that stay in the list keep the import that told them first', () => {
  const [first, second] = ['0198c0de-0000-4000-8000-000000000001', '0198c0de-0000-4000-8000-000000000002'];
  const told = (importId: string, numbers: readonly string[]): RecordedEvent => ({
    id: '00000000-0000-4000-8000-000000000000',
    type: 'CustomerChanged',
    data: { name: 'Somebody', numbers: numbers.map((number) => ({ number })) },
    metadata: { recorded_at: MONDAY ?? '', import_id: importId },
    stream: 'customer-c',
    revision: 0n,
    position: 0n,
  });
  const events = [told(first, ['2101112222']), told(second, ['2101112222', '6912345678'])];
  const customer = events.reduce<RegisteredCustomer | null>(
    (one, event) => evolveCustomer('c', one, event, 'GR'),
    null,
  );
  assert.equal(
    customer?.numbers.map(({ importId }) => importId),
    [first, second],
  );
});

test('that never were held are forgotten', () => {
  const future = { number: '2101112222', from: '2030-01-01T00:00:00Z' };
  assert.equal(after([MONDAY, 'CustomerRegistered', [future]], [TUESDAY, 'CustomerChanged', []]), []);
});

test('find each other whatever their prefix', () => {
  assert.is(lookupKey('6912345678', '+306912345678'), lookupKey('00306912345678', null));
  assert.is(lookupKey('112', null), null);
  assert.is(lookupKey(null, null), null);
});

type Told = readonly [at: string | undefined, type: string, numbers: readonly (string | JsonObject)[]];

/** What the customer holds and held after these events: number, from, to, listed. */
function after(...told: readonly Told[]) {
  let customer: RegisteredCustomer | null = null;
  for (const [revision, [at = '', type, numbers]] of told.entries()) {
    const listed = numbers.map((number) => (typeof number === 'string' ? { number } : number));
    const event: RecordedEvent = {
      id: '00000000-0000-4000-8000-000000000000',
      type,
      data: type === 'CustomerRemoved' ? {} : { name: 'Somebody', numbers: listed },
      metadata: { recorded_at: at },
      stream: 'customer-c',
      revision: BigInt(revision),
      position: BigInt(revision),
    };
    assert.ok(fromRfc3339(at));
    customer = evolveCustomer('c', customer, event, 'GR');
  }
  return (customer?.numbers ?? []).map(({ number, holdsFrom, holdsTo, listed }) => [
    number,
    toRfc3339(holdsFrom),
    holdsTo === null ? null : toRfc3339(holdsTo),
    listed,
  ]);
}

test.run();
