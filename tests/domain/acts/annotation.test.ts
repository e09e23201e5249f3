import * as assert from 'uvu/assert';
import { type Annotation, decidedIn, evolveAnnotation, NOTHING_SAID } from '../../../src/domain/acts/annotation.ts';
import type { JsonObject, RecordedEvent } from '../../../src/domain/events.ts';
import { hasCode } from '../../../src/errors.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what people said of an entry');

const MANUAL = '5d2f8a34-8a0e-4b55-a6f9-1f6f3f1f0001';
const MINUTE = ['10:00', '10:01', '10:02', '10:03'];

type Said = readonly [type: string, data?: JsonObject, minute?: number];

function eventOf([type, data = {}, minute = 0]: Said, at: number): RecordedEvent {
  return {
    id: `00000000-0000-4000-8000-00000000000${at}`,
    type,
    data,
    metadata: {
      v: 1,
      recorded_at: `2026-11-24T${MINUTE[minute]}:00Z`,
      app: 'test',
      $correlationId: 'r',
      actor: { sub: 'anna', role: 'agent' },
      request_id: 'r',
    },
    stream: 'annotation-a',
    revision: BigInt(at),
    position: BigInt(at),
  };
}

/** The fold of one stream whose first event stands at `from` in the log. */
function after(from: number, ...said: readonly Said[]): Annotation {
  return said.map((one, at) => eventOf(one, from + at)).reduce(evolveAnnotation, NOTHING_SAID);
}

test('is decided by the last word in a stream, whatever the clocks said', () => {
  const one = after(0, ['CallAssigned', { customer_id: 'a' }, 3], ['CallAssigned', { customer_id: 'b' }, 1]);
  assert.equal(decidedIn([one]).assignment, { customerId: 'b' });
  assert.equal(decidedIn([after(0, ['CallAssigned', { customer_id: 'a' }], ['CallUnassigned'])]).assignment, {
    customerId: null,
  });
  assert.is(decidedIn([NOTHING_SAID]).assignment, null);
});

test('is decided among streams by what was recorded later, and at one time by the place in the log', () => {
  const early = after(5, ['CallAssigned', { customer_id: 'early' }, 1]);
  const late = after(0, ['CallAssigned', { customer_id: 'late' }, 2]);
  for (const both of [
    [early, late],
    [late, early],
  ]) {
    assert.equal(decidedIn(both).assignment, { customerId: 'late' });
  }
  const first = after(8, ['CallMarkedOpen', {}, 1]);
  const second = after(9, ['CallMarkedDone', {}, 1]);
  assert.is(decidedIn([second, first]).doneAt, '2026-11-24T10:01:00.000000Z');
  assert.is(decidedIn([first, second]).doneAt, '2026-11-24T10:01:00.000000Z');
});

test('keeps a done mark of one stream that another one does not speak of, until it is taken back', () => {
  const done = after(0, ['CallMarkedDone', {}, 1]);
  assert.is(decidedIn([after(1, ['NoteAdded', { text: 'x' }, 2]), done]).doneAt, '2026-11-24T10:01:00.000000Z');
  assert.is(decidedIn([after(1, ['CallMarkedOpen', {}, 2]), done]).doneAt, null);
});

test('keeps the notes of all streams by their time, without those that were removed', () => {
  const one = after(0, ['NoteAdded', { text: 'third' }, 2], ['NoteAdded', { text: 'gone' }, 0]);
  const other = after(2, ['NoteAdded', { text: 'first' }, 0], ['NoteAdded', { text: 'second' }, 1]);
  const removed = evolveAnnotation(one, eventOf(['NoteRemoved', { note_id: one.notes[1]?.id ?? '' }], 4));
  assert.equal(
    decidedIn([removed, other]).notes.map(({ text }) => text),
    ['first', 'second', 'third'],
  );
});

test('knows the calls by hand that are the same, each once, until they are split', () => {
  const merged = after(0, ['ManualCallMerged', { manual: MANUAL }, 0], ['ManualCallMerged', { manual: MANUAL }, 1]);
  assert.equal(
    merged.merged.map(({ manual, at }) => [manual, at]),
    [[MANUAL, '2026-11-24T10:01:00.000000Z']],
  );
  assert.equal(evolveAnnotation(merged, eventOf(['ManualCallSplit', { manual: MANUAL }], 2)).merged, []);
});

test('is the same for events that it does not know, and poison where one is not as its schema says', () => {
  assert.is(after(0, ['SomethingNew', { text: 'x' }]), NOTHING_SAID);
  for (const [type, data] of [
    ['CallAssigned', { customer_id: '6912345678 <' }],
    ['NoteAdded', { text: 6912345678 }],
    ['NoteRemoved', { note_id: '6912345678' }],
    ['ManualCallMerged', { manual: '6912345678' }],
  ] as const) {
    try {
      after(0, [type, data]);
      assert.unreachable(`${type} must fail`);
    } catch (error) {
      assert.ok(hasCode(error, 'POISON_EVENT'), type);
      assert.not.match(String(error), '6912345678');
    }
  }
});

test.run();
