import * as assert from 'uvu/assert';
import { entryId } from '../../src/domain/callId.ts';
import { callEntrySchema } from '../../src/domain/entry.ts';
import type { JsonObject, RecordedEvent } from '../../src/domain/events.ts';
import { evolveManualCall, type ManualCall } from '../../src/domain/manual.ts';
import { hasCode } from '../../src/errors.ts';
import { suite } from '../support/suite.ts';

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
  const { entry, assignment, notes } = call ?? {};
  assert.equal([entry?.id, entry?.ext_message_id], [entryId('manual', UUID), UUID]);
  assert.equal([entry?.outcome, entry?.duration_seconds, entry?.body], ['answered', 90, 'Call duration: 90s']);
  assert.equal([entry?.occurred_at, entry?.ended_at], ['2026-11-24T10:00:00.000000Z', '2026-11-24T10:01:30.000000Z']);
  assert.equal(assignment, { customerId: 'c1' });
  assert.equal(
    notes?.map(({ text, author, at }) => [text, author, at]),
    [['wants an offer', 'anna', '2026-11-24T10:05:00.000000Z']],
  );
});

test('was missed when it took no time, and has no note when nothing was noted', () => {
  const call = after(['CallLogged', { ...LOGGED, duration_seconds: 0, notes: '' }]);
  assert.equal([call?.entry.outcome, call?.entry.answered_at, call?.notes], ['missed', null, []]);
});

test('goes to whom a person assigned it last', () => {
  const assigned = ['CallAssigned', { customer_id: 'c2' }] as const;
  assert.equal(after(['CallLogged', LOGGED], assigned)?.assignment, { customerId: 'c2' });
  assert.is(after(['CallLogged', LOGGED], assigned, ['CallUnassigned', {}])?.assignment, null);
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

function after(...told: readonly (readonly [type: string, data: JsonObject])[]): ManualCall | null {
  return told.reduce<ManualCall | null>((call, [type, data], at) => {
    const event: RecordedEvent = {
      id: '00000000-0000-4000-8000-000000000000',
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
    return evolveManualCall(UUID, call, event, '1-test');
  }, null);
}

test.run();
