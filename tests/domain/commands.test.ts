import * as assert from 'uvu/assert';
import { type CustomerState, customerState, putCustomer, removeCustomer } from '../../src/domain/commands/customer.ts';
import type { Decision } from '../../src/domain/commands/decision.ts';
import { type LogCall, logCall } from '../../src/domain/commands/manualCall.ts';
import { type CustomerData, callLoggedSchema, customerSchema } from '../../src/domain/events.ts';
import type { Micros } from '../../src/domain/time.ts';
import { suite } from '../support/suite.ts';

const test = suite('commands of people');

const now = (Date.UTC(2026, 10, 25, 12) * 1000) as Micros;
const known: CustomerState = { kind: 'known', customer: { name: 'Anna', numbers: [{ number: '+302101234567' }] } };
const command: LogCall = {
  customerId: 'c-1',
  direction: 'outbound',
  durationSeconds: 42,
  notes: 'asked for an offer',
  occurredAt: null,
  now,
  requestHash: null,
};

const typesOf = (decision: Decision) => (decision.kind === 'accepted' ? decision.events.map((e) => e.type) : decision);
const dataOf = (decision: Decision) => (decision.kind === 'accepted' ? decision.events[0]?.data : decision);
const refusalOf = (decision: Decision) => (decision.kind === 'refused' ? [decision.code, decision.pointer] : decision);

test('a call without a time is logged as of now, in the shape that the log promises', () => {
  const data = dataOf(logCall(command, { customer: known, logged: null }));
  assert.equal(callLoggedSchema.parse(data), data);
  assert.equal(data, {
    customer_id: 'c-1',
    direction: 'outbound',
    duration_seconds: 42,
    notes: 'asked for an offer',
    occurred_at: '2026-11-25T12:00:00.000000Z',
    request_hash: null,
  });
});

test('a time with an offset is stored in UTC, with its microseconds', () => {
  const decision = logCall(
    { ...command, occurredAt: '2026-11-25T10:30:00.123456+02:00' },
    { customer: known, logged: null },
  );
  assert.is(Object(dataOf(decision)).occurred_at, '2026-11-25T08:30:00.123456Z');
});

test('five minutes ahead is still now, a microsecond more is not', () => {
  const at = (occurredAt: string) => logCall({ ...command, occurredAt }, { customer: known, logged: null });
  assert.equal(typesOf(at('2026-11-25T12:05:00Z')), ['CallLogged']);
  assert.equal(refusalOf(at('2026-11-25T12:05:00.000001Z')), ['TIME_OUT_OF_RANGE', '#/occurred_at']);
});

test('a time before 1970 is refused', () => {
  const decision = logCall({ ...command, occurredAt: '0001-01-01T00:00:00Z' }, { customer: known, logged: null });
  assert.equal(refusalOf(decision), ['TIME_OUT_OF_RANGE', '#/occurred_at']);
});

test('a customer that is unknown or was removed gets no call', () => {
  for (const kind of ['unknown', 'removed'] as const) {
    const decision = logCall(command, { customer: { kind }, logged: null });
    assert.equal(refusalOf(decision), ['UNKNOWN_CUSTOMER', '#/customer_id']);
  }
});

test('the same request with the same key logs nothing more, even when its customer was removed since', () => {
  const again = { ...command, requestHash: 'a' };
  const decision = logCall(again, { customer: { kind: 'removed' }, logged: { requestHash: 'a' } });
  assert.equal(typesOf(decision), []);
});

test('another request with the same key is refused', () => {
  const decision = logCall({ ...command, requestHash: 'b' }, { customer: known, logged: { requestHash: 'a' } });
  assert.equal(refusalOf(decision), ['KEY_REUSED', '#']);
});

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

test.run();
