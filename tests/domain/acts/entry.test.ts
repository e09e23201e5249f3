import * as assert from 'uvu/assert';
import { type Decided, NOTHING_SAID } from '../../../src/domain/acts/annotation.ts';
import type { CustomerState } from '../../../src/domain/acts/customer.ts';
import type { Decision } from '../../../src/domain/acts/decision.ts';
import {
  addNote,
  assignCall,
  markCall,
  mergeManualCall,
  removeNote,
  type Standing,
  splitManualCall,
  unassignCall,
} from '../../../src/domain/acts/entry.ts';
import {
  callAssignedSchema,
  manualCallMergedSchema,
  manualCallSplitSchema,
  noteAddedSchema,
  noteRemovedSchema,
} from '../../../src/domain/events.ts';
import { suite } from '../../support/suite.ts';

const test = suite('commands on an entry');

const NOTHING: Decided = { assignment: null, doneAt: null, notes: [] };
const MANUAL = '5d2f8a34-8a0e-4b55-a6f9-1f6f3f1f0001';
const NOTE = { id: MANUAL, text: 'x', author: 'anna', at: '2026-11-24T10:00:00.000000Z' };
const customer: CustomerState = { kind: 'known', customer: { name: 'Anna', numbers: [] } };

/** `[type, data]` of what is said, `[]` of nothing, the code of a refusal. */
function said(decision: Decision): unknown {
  if (decision.kind === 'refused') return decision.code;
  return decision.events.flatMap(({ type, data }) => [type, data]);
}

test('assigning is said once, and only of a customer that is known', () => {
  const assigned = said(assignCall('a', { decided: NOTHING, customer }));
  assert.equal(assigned, ['CallAssigned', callAssignedSchema.parse({ customer_id: 'a' })]);
  const already = { ...NOTHING, assignment: { customerId: 'a' } };
  assert.equal(said(assignCall('a', { decided: already, customer })), []);
  assert.equal(said(assignCall('b', { decided: already, customer })), ['CallAssigned', { customer_id: 'b' }]);
  for (const kind of ['unknown', 'removed'] as const) {
    assert.is(said(assignCall('a', { decided: NOTHING, customer: { kind } })), 'UNKNOWN_CUSTOMER');
  }
});

test('that a call is nobody’s is said once, also where no person had assigned it', () => {
  assert.equal(said(unassignCall(NOTHING)), ['CallUnassigned', {}]);
  assert.equal(said(unassignCall({ ...NOTHING, assignment: { customerId: 'a' } })), ['CallUnassigned', {}]);
  assert.equal(said(unassignCall({ ...NOTHING, assignment: { customerId: null } })), []);
});

test('a call is marked done or open when it is not so', () => {
  const done = { ...NOTHING, doneAt: NOTE.at };
  assert.equal([said(markCall(true, NOTHING)), said(markCall(true, done))], [['CallMarkedDone', {}], []]);
  assert.equal([said(markCall(false, NOTHING)), said(markCall(false, done))], [[], ['CallMarkedOpen', {}]]);
});

test('a note is added once for a key, and 200 times at most', () => {
  assert.equal(said(addNote('x', NOTHING, null)), ['NoteAdded', noteAddedSchema.parse({ text: 'x' })]);
  assert.equal(said(addNote('x', NOTHING, 'x')), []);
  assert.is(said(addNote('x', NOTHING, 'y')), 'KEY_REUSED');
  const full = { ...NOTHING, notes: Array.from({ length: 200 }, () => NOTE) };
  assert.is(said(addNote('x', full, null)), 'TOO_MANY_NOTES');
  assert.equal(said(addNote('x', full, 'x')), []);
});

test('a note is removed where it is, and nowhere else', () => {
  const removed = said(removeNote(NOTE.id, { ...NOTHING_SAID, notes: [NOTE] }));
  assert.equal(removed, ['NoteRemoved', noteRemovedSchema.parse({ note_id: NOTE.id })]);
  assert.is(said(removeNote(NOTE.id, NOTHING_SAID)), 'NO_SUCH_NOTE');
});

const STANDINGS: readonly (readonly [Standing, merge: unknown, split: unknown])[] = [
  [{ kind: 'apart', manual: MANUAL }, ['ManualCallMerged', manualCallMergedSchema.parse({ manual: MANUAL })], []],
  [{ kind: 'here' }, [], []],
  [{ kind: 'elsewhere' }, 'MERGED_ELSEWHERE', 'UNKNOWN_MANUAL_CALL'],
  [{ kind: 'unknown' }, 'UNKNOWN_MANUAL_CALL', 'UNKNOWN_MANUAL_CALL'],
];
for (const [standing, merged, split] of STANDINGS) {
  test(`a call by hand that is ${standing.kind} is merged or not, and split or not, accordingly`, () => {
    assert.equal(said(mergeManualCall(standing, 'pbx')), merged);
    assert.is(said(mergeManualCall(standing, 'manual')), 'LOGGED_BY_HAND');
    assert.equal(said(splitManualCall(null, standing)), split);
    const told = ['ManualCallSplit', manualCallSplitSchema.parse({ manual: MANUAL })];
    assert.equal(said(splitManualCall(MANUAL, standing)), told);
  });
}

test.run();
