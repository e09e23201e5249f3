import * as assert from 'uvu/assert';
import { correctCall, voidCall } from '../../../src/domain/acts/correct.ts';
import { logCall } from '../../../src/domain/acts/logCall.ts';
import { callCorrectedSchema, evolveManualCall, type ManualCall } from '../../../src/domain/acts/manualCall.ts';
import type { NoteTaker } from '../../../src/domain/acts/noteRemoval.ts';
import type { RecordedEvent } from '../../../src/domain/events.ts';
import { suite } from '../../support/suite.ts';
import { dataOf, refusalOf, typesOf } from './support/decided.ts';
import { command, known, now } from './support/loggedByHand.ts';

const test = suite('correcting a call logged by hand, decided');

const asLogged = dataOf(logCall({ ...command, occurredAt: '2026-11-25T10:00:00Z' }, { customer: known, logged: null }));
const logging: RecordedEvent = {
  id: '00000000-0000-4000-8000-000000000000',
  type: 'CallLogged',
  data: JSON.parse(JSON.stringify(asLogged)),
  metadata: { recorded_at: '2026-11-25T10:00:00Z', ...people('anna') },
  stream: 'manual-uuid',
  revision: 0n,
  position: 1n,
};
const call = evolveManualCall('uuid', null, logging, '1-test');
const by: NoteTaker = { actor: { sub: 'anna', role: 'agent' }, rule: 'author', events: [logging] };
const correct = (correction: Parameters<typeof correctCall>[0], as: Partial<NoteTaker> = {}) =>
  correctCall(correction, { now, call, customer: known, by: { ...by, ...as } });

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
  const nobody = correctCall({ customer_id: 'c-2' }, { now, call, customer: { kind: 'unknown' }, by });
  assert.equal(refusalOf(nobody), ['UNKNOWN_CUSTOMER', '#/customer_id']);
});

test('the note of another person is rewritten by whom the rule lets, and whose it was is said; the rest by anybody', () => {
  const bert = { actor: { sub: 'bert', role: 'agent' } } as const;
  for (const notes of ['', 'another']) {
    assert.equal(refusalOf(correct({ notes, duration_seconds: 7 }, bert)), ['ANOTHERS_NOTE', '#']);
    const data = dataOf(correct({ notes }, { ...bert, rule: 'everyone' }));
    assert.equal(data, callCorrectedSchema.parse({ notes, taken_back: { author: 'anna', rule: 'everyone' } }));
  }
  assert.equal(dataOf(correct({ duration_seconds: 7, notes: command.notes }, bert)), { duration_seconds: 7 });
});

test('a call with the note of another person is made void by whom the rule lets, and whose notes went is said', () => {
  const bert = { ...by, actor: { sub: 'bert', role: 'agent' } } as const;
  const events = [
    logging,
    {
      ...logging,
      id: '00000000-0000-4000-8000-000000000001',
      type: 'NoteAdded',
      data: { text: 'x' },
      metadata: { recorded_at: '2026-11-25T10:01:00Z', ...people('bert') },
    },
  ];
  const noted = events.reduce<ManualCall | null>(
    (before, event) => evolveManualCall('uuid', before, event, '1-test'),
    null,
  );
  assert.equal(refusalOf(voidCall(noted, { ...bert, events })), ['ANOTHERS_NOTE', '#']);
  assert.equal(refusalOf(voidCall(noted, { ...by, events })), ['ANOTHERS_NOTE', '#']);
  assert.equal(dataOf(voidCall(noted, { ...bert, events, rule: 'everyone' })), {
    taken_back: [{ author: 'anna', rule: 'everyone' }],
  });
  assert.equal(dataOf(voidCall(call, by)), {});
});

test('only a call that was logged by hand is corrected or made void', () => {
  assert.equal(typesOf(voidCall(call, by)), ['CallVoided']);
  assert.equal(refusalOf(voidCall(null, by)), ['NOT_LOGGED_BY_HAND', '#']);
  assert.equal(refusalOf(correctCall({}, { now, call: null, customer: known, by })), ['NOT_LOGGED_BY_HAND', '#']);
});

function people(sub: string) {
  return { v: 1, app: 'test', $correlationId: 'r', actor: { sub, role: 'agent' }, request_id: 'r' };
}

test.run();
