import * as assert from 'uvu/assert';
import { correctCall, voidCall } from '../../../src/domain/acts/correct.ts';
import { logCall } from '../../../src/domain/acts/logCall.ts';
import { callCorrectedSchema, evolveManualCall } from '../../../src/domain/acts/manualCall.ts';
import { suite } from '../../support/suite.ts';
import { dataOf, refusalOf, typesOf } from './support/decided.ts';
import { command, known, now } from './support/loggedByHand.ts';

const test = suite('correcting a call logged by hand, decided');

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
