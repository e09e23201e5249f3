import * as assert from 'uvu/assert';
import { correctCall, type LogCall, logCall, voidCall } from '../../../src/domain/acts/correct.ts';
import type { CustomerState } from '../../../src/domain/acts/customer.ts';
import type { Decision } from '../../../src/domain/acts/decision.ts';
import { evolveManualCall } from '../../../src/domain/acts/manualCall.ts';
import { callCorrectedSchema, callLoggedSchema } from '../../../src/domain/events.ts';
import type { Micros } from '../../../src/domain/time.ts';
import { suite } from '../../support/suite.ts';

const test = suite('commands on calls logged by hand');

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

const asLogged = dataOf(logCall({ ...command, occurredAt: '2026-11-25T10:00:00Z' }, { customer: known, logged: null }));
const call = evolveManualCall(
  'uuid',
  null,
  {
    id: '00000000-0000-4000-8000-000000000000',
    type: 'CallLogged',
    data: JSON.parse(JSON.stringify(asLogged)),
    metadata: { recorded_at: '2026-11-25T10:00:00Z', ...people('anna') },
    stream: 'manual-uuid',
    revision: 0n,
    position: 1n,
  },
  '1-test',
);
const correct = (correction: Parameters<typeof correctCall>[0]) =>
  correctCall(correction, { now, call, customer: known });

test('a correction says only what changes, in the shape that the log promises', () => {
  const decision = correct({ direction: 'inbound', duration_seconds: 42, occurred_at: '2026-11-25T13:00:00+02:00' });
  assert.equal(typesOf(decision), ['CallCorrected']);
  assert.equal(dataOf(decision), { direction: 'inbound', occurred_at: '2026-11-25T11:00:00.000000Z' });
  assert.equal(callCorrectedSchema.parse(dataOf(decision)), dataOf(decision));
  assert.equal(dataOf(correct({ customer_id: 'c-2', notes: '' })), { customer_id: 'c-2', notes: '' });
});

test('a correction to what is so already says nothing', () => {
  const same = { customer_id: 'c-1', notes: command.notes, occurred_at: '2026-11-25T12:00:00+02:00' };
  assert.equal(typesOf(correct(same)), []);
  assert.equal(typesOf(correct({})), []);
});

test('a correction to what cannot be is refused by its field', () => {
  assert.equal(refusalOf(correct({ occurred_at: '2026-11-25T12:06:00Z' })), ['TIME_OUT_OF_RANGE', '#/occurred_at']);
  const nobody = correctCall({ customer_id: 'c-2' }, { now, call, customer: { kind: 'unknown' } });
  assert.equal(refusalOf(nobody), ['UNKNOWN_CUSTOMER', '#/customer_id']);
});

test('only a call that was logged by hand is corrected or made void', () => {
  assert.equal(typesOf(voidCall(call)), ['CallVoided']);
  assert.equal(refusalOf(voidCall(null)), ['NOT_LOGGED_BY_HAND', '#']);
  assert.equal(refusalOf(correctCall({}, { now, call: null, customer: known })), ['NOT_LOGGED_BY_HAND', '#']);
});

function people(sub: string) {
  return { v: 1, app: 'test', $correlationId: 'r', actor: { sub, role: 'agent' }, request_id: 'r' };
}

test.run();
