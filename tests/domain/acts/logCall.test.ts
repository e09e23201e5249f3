import * as assert from 'uvu/assert';
import { logCall } from '../../../src/domain/acts/logCall.ts';
import { callLoggedSchema } from '../../../src/domain/acts/manualCall.ts';
import { suite } from '../../support/suite.ts';
import { dataOf, refusalOf, typesOf } from './support/decided.ts';
import { command, known } from './support/loggedByHand.ts';

const test = suite('logging a call by hand, decided');

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

test.run();
