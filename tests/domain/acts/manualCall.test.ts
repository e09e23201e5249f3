import * as assert from 'uvu/assert';
import { evolveManualCall, type ManualCall } from '../../../src/domain/acts/manualCall.ts';
import { entryId } from '../../../src/domain/callId.ts';
import { callEntrySchema } from '../../../src/domain/entry.ts';
import type { JsonObject, RecordedEvent } from '../../../src/domain/events.ts';
import { hasCode } from '../../../src/errors.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a call logged by hand');

const UUID = '5d2f8a34-8a0e-4b55-a6f9-1f6f3f1f0001';
const LOGGED = {
  customer_id: 'c1',
  direction: 'outbound',
  duration_seconds: 90,
  notes: 'wants an offer',
  occurred_at: '2026-11-24T12:00:00+02:00',
  request_hash: null,
};

test('was answered when it has a duration, and has the customer and the note that it was given', () => {
  const call = after(['CallLogged', LOGGED]);
  assert.ok(callEntrySchema.safeParse(call?.entry).success);
  const { entry, annotation } = call ?? {};
  assert.equal([entry?.id, entry?.ext_message_id], [entryId('manual', UUID), UUID]);
  assert.equal([entry?.outcome, entry?.duration_seconds, entry?.body], ['answered', 90, 'Call duration: 90s']);
  assert.equal([entry?.occurred_at, entry?.ended_at], ['2026-11-24T10:00:00.000000Z', '2026-11-24T10:01:30.000000Z']);
  assert.is(annotation?.assigned?.customer_id, 'c1');
  assert.equal(
    annotation?.notes.map(({ text, author, at }) => [text, author, at]),
    [['wants an offer', 'anna', '2026-11-24T10:05:00.000000Z']],
  );
});

test('was missed when it took no time, and has no note when nothing was noted', () => {
  const call = after(['CallLogged', { ...LOGGED, duration_seconds: 0, notes: '' }]);
  assert.equal([call?.entry.outcome, call?.entry.answered_at, call?.annotation.notes], ['missed', null, []]);
});

test('goes to whom a person assigned it last', () => {
  const assigned = ['CallAssigned', { customer_id: 'c2' }] as const;
  assert.is(customerOf(after(['CallLogged', LOGGED], assigned)), 'c2');
  assert.is(customerOf(after(['CallLogged', LOGGED], assigned, ['CallUnassigned', {}])), null);
});

test('is nothing before it was logged, and stays as it is for what it does not know', () => {
  assert.is(after(['CallAssigned', { customer_id: 'c2' }]), null);
  assert.equal(after(['CallLogged', LOGGED], ['SomethingNew', {}]), after(['CallLogged', LOGGED]));
});

test('is poison when it is not as its schema says, and the error tells fields only', () => {
  try {
    after(['CallLogged', { ...LOGGED, duration_seconds: -1, notes: 1234567 }]);
    assert.unreachable('it must fail');
  } catch (error) {
    assert.ok(hasCode(error, 'POISON_EVENT'));
    assert.match(String(error), 'data.duration_seconds, data.notes');
    assert.not.match(String(error), '1234567');
  }
});

test('is what was corrected last, with the note of its logging rewritten, by whom and when', () => {
  const call = after(
    ['CallLogged', LOGGED],
    ['NoteAdded', { text: 'called again' }],
    ['CallCorrected', { duration_seconds: 0, notes: 'wants two offers', customer_id: 'c2' }],
    ['CallCorrected', { direction: 'inbound', occurred_at: '2026-11-24T11:00:00Z' }],
  );
  const { entry, annotation } = call ?? {};
  assert.equal(
    [entry?.direction, entry?.outcome, entry?.occurred_at, entry?.ended_at, entry?.why.outcome?.rule],
    ['inbound', 'missed', '2026-11-24T11:00:00.000000Z', '2026-11-24T11:00:00.000000Z', 'corrected_by_hand'],
  );
  assert.is(customerOf(call), 'c2');
  assert.equal(
    annotation?.notes.map(({ id, text }) => [id, text]),
    [
      [idOf(1), 'called again'],
      [idOf(0), 'wants two offers'],
    ],
  );
  assert.equal(after(['CallLogged', LOGGED], ['CallCorrected', { notes: '' }])?.annotation.notes, []);
});

test('is nothing once it is void', () => {
  assert.is(after(['CallLogged', LOGGED], ['CallVoided', {}]), null);
  assert.is(after(['CallLogged', LOGGED], ['CallVoided', {}], ['CallMarkedDone', {}]), null);
});

function customerOf(call: ManualCall | null): string | null | undefined {
  return call?.annotation.assigned?.customer_id;
}

function after(...told: readonly (readonly [type: string, data: JsonObject])[]): ManualCall | null {
  return told.reduce<ManualCall | null>(
    (call, [type, data], at) => evolveManualCall(UUID, call, eventOf(type, data, at), '1-test'),
    null,
  );
}

function idOf(at: number): string {
  return `00000000-0000-4000-8000-00000000000${at}`;
}

function eventOf(type: string, data: JsonObject, at: number): RecordedEvent {
  return {
    id: idOf(at),
    type,
    data,
    metadata: {
      v: 1,
      recorded_at: '2026-11-24T10:05:00Z',
      app: 'test',
      $correlationId: 'r',
      actor: { sub: 'anna', role: 'agent' },
      request_id: 'r',
    },
    stream: `manual-${UUID}`,
    revision: BigInt(at),
    position: BigInt(at),
  };
}

test.run();
