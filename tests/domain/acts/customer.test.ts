import * as assert from 'uvu/assert';
import {
  type CustomerState,
  customerState,
  nameCaller,
  putCustomer,
  removeCustomer,
} from '../../../src/domain/acts/customer.ts';
import { type CustomerData, customerSchema } from '../../../src/domain/events.ts';
import { suite } from '../../support/suite.ts';
import { dataOf, refusalOf, typesOf } from './support/decided.ts';

const test = suite('commands on customers');

const known: CustomerState = { kind: 'known', customer: { name: 'Anna', numbers: [{ number: '+302101234567' }] } };

const wanted: CustomerData = {
  name: 'Anna',
  numbers: [{ number: '210 1234567', label: 'office', from: '2026-01-01T02:00:00+02:00' }, { number: '6971234567' }],
};

test('a customer that is unknown or was removed is registered', () => {
  for (const kind of ['unknown', 'removed'] as const) {
    const data = dataOf(putCustomer(wanted, { kind }));
    assert.equal(customerSchema.parse(data), data);
    assert.equal(typesOf(putCustomer(wanted, { kind })), ['CustomerRegistered']);
  }
});

test('a customer that is so already changes nothing, however its times and keys are written', () => {
  const stored = dataOf(putCustomer(wanted, { kind: 'unknown' }));
  const state = customerState({ type: 'CustomerRegistered', data: JSON.parse(JSON.stringify(stored)) });
  const rewritten: CustomerData = {
    numbers: [{ from: '2026-01-01T00:00:00Z', label: 'office', number: '210 1234567' }, { number: '6971234567' }],
    name: 'Anna',
  };
  assert.equal(typesOf(putCustomer(rewritten, state)), []);
});

test('another name, number, label, order or time is a change', () => {
  const [first, second] = wanted.numbers;
  if (!first || !second) return assert.unreachable();
  const changes: CustomerData[] = [
    { ...wanted, name: 'Anne' },
    { ...wanted, numbers: [first] },
    { ...wanted, numbers: [second, first] },
    { ...wanted, numbers: [{ ...first, label: 'home' }, second] },
    { ...wanted, numbers: [{ ...first, from: '2026-01-01T00:00:00.000001Z' }, second] },
  ];
  for (const change of changes) {
    assert.equal(typesOf(putCustomer(change, { kind: 'known', customer: wanted })), ['CustomerChanged']);
  }
});

test('a number that is lost before it is had is refused by the field that says so', () => {
  const number = { number: '1', from: '2026-01-02T00:00:00Z', to: '2026-01-02T00:00:00Z' };
  const decision = putCustomer({ name: 'Anna', numbers: [{ number: '2' }, number] }, { kind: 'unknown' });
  assert.equal(refusalOf(decision), ['TIME_OUT_OF_RANGE', '#/numbers/1/to']);
});

test('a number held since the year 0 is refused', () => {
  const numbers = [{ number: '1', from: '0000-01-01T00:00:00Z' }];
  assert.equal(refusalOf(putCustomer({ name: 'Anna', numbers }, { kind: 'unknown' })), [
    'TIME_OUT_OF_RANGE',
    '#/numbers/0/from',
  ]);
});

test('a customer is removed once', () => {
  assert.equal(typesOf(removeCustomer(known)), ['CustomerRemoved']);
  assert.equal(refusalOf(removeCustomer({ kind: 'removed' })), ['NO_SUCH_CUSTOMER', '#']);
  assert.equal(refusalOf(removeCustomer({ kind: 'unknown' })), ['NO_SUCH_CUSTOMER', '#']);
});

test('the last event of a customer tells its state', () => {
  assert.equal(customerState(undefined), { kind: 'unknown' });
  assert.equal(customerState({ type: 'CustomerRemoved', data: {} }), { kind: 'removed' });
  const changed = { type: 'CustomerChanged', data: { name: 'Anna', numbers: [] } };
  assert.equal(customerState(changed), { kind: 'known', customer: { name: 'Anna', numbers: [] } });
});

test('an unknown caller that is named is registered with the number, or without one that was withheld', () => {
  for (const kind of ['unknown', 'removed'] as const) {
    const decision = nameCaller({ name: 'Bert', number: '+302107654321' }, { kind });
    assert.equal(typesOf(decision), ['CustomerRegistered']);
    assert.equal(dataOf(decision), { name: 'Bert', numbers: [{ number: '+302107654321' }] });
    assert.equal(dataOf(nameCaller({ name: 'Bert', number: null }, { kind })), { name: 'Bert', numbers: [] });
    assert.equal(refusalOf(nameCaller({ name: null, number: '1' }, { kind })), ['UNKNOWN_CUSTOMER', '#/customer_id']);
  }
});

test('a known customer gets the number that it lacks beside those that it has', () => {
  const decision = nameCaller({ name: null, number: '+302107654321' }, known);
  assert.equal(dataOf(decision), { name: 'Anna', numbers: [{ number: '+302101234567' }, { number: '+302107654321' }] });
  assert.equal(typesOf(nameCaller({ name: 'Anna', number: '+302101234567' }, known)), []);
  assert.equal(typesOf(nameCaller({ name: null, number: null }, known)), []);
});

test('a customer keeps its name and has 100 numbers at most', () => {
  assert.equal(refusalOf(nameCaller({ name: 'Bert', number: null }, known)), ['CUSTOMER_EXISTS', '#/customer/id']);
  const numbers = Array.from({ length: 100 }, (_, at) => ({ number: `+30210123${4567 + at}` }));
  const full: CustomerState = { kind: 'known', customer: { name: 'Anna', numbers } };
  assert.equal(refusalOf(nameCaller({ name: null, number: '+302107654321' }, full)), ['TOO_MANY_NUMBERS', '#']);
});

test.run();
