import * as assert from 'uvu/assert';
import { headline, itemText } from '../../../src/cli/text/diffText.ts';
import type { Json } from '../../../src/domain/events.ts';
import type { DiffItem } from '../../../src/ports/rebuilds.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a row that differs');

const candidates = [
  { customer_id: 'c-1', rule: 'later_owner' },
  { customer_id: 'c-2', rule: 'later_owner' },
];
const matched = { status: 'matched', rule: 'later_owner', number: '+306912345678', candidates: candidates.slice(0, 1) };
const own = { status: 'own_number', rule: 'own_number', number: '+306912345678', candidates: [] };

function lineOf(field: string, before: Json, after: Json, why: Json = null): string | undefined {
  const entry = {
    direction: 'inbound',
    outcome: 'answered',
    externalNumber: '+306912345678',
    occurredAt: '2026-11-28T11:45:08.000000Z',
    customer: null,
  } as const;
  const item: DiffItem = { id: 'e-1', kind: 'changed', entry, fields: [{ field, before, after, why }] };
  return itemText(item)[1]?.trim();
}

test('says before, after and the reason in words, whole', () => {
  assert.is(lineOf('customer_id', 'c-1', null, own), 'customer_id: c-1 → –  because own_number');
  assert.is(lineOf('match', matched, own), 'match: matched by later_owner → own_number');
  const both = { ...matched, status: 'ambiguous', candidates };
  assert.is(lineOf('match', own, both), 'match: own_number → ambiguous of c-1, c-2 by later_owner');
  const why = { rule: 'presented_first', inputs: { presented: '6912345678', country: null, channels: ['a', 'b'] } };
  assert.is(
    lineOf('external_number', null, '+306912345678', why),
    'external_number: – → +306912345678  because presented_first (presented 6912345678, channels a, b)',
  );
  const name = 'x'.repeat(200);
  assert.is(lineOf('external_name', '', name), `external_name: – → ${name}`);
  assert.is(lineOf('extensions', [], ['101', '103']), 'extensions: – → 101, 103');
  assert.is(lineOf('ring_seconds', 0, 12), 'ring_seconds: 0 → 12');
});

test('shows no JSON of what has parts of its own', () => {
  assert.is(lineOf('legs', [{ party: '101' }], [{ party: '103' }]), 'legs: other parts');
});

test('has above it how many there are, and whether that is all', () => {
  const counts = { against: 1, added: 0, removed: 1, changed: 1_200, byField: { customer_id: 1_200 } };
  const said = 'Version 2 against 1, which is active: rows changed 1,200 (1,200 customer_id), added 0, removed 1';
  const counted = { isWhole: true, share: 1, from: '2026-11-28T11:45:08Z', to: '2026-11-28T11:46:08Z' };
  assert.equal(headline(2, { ...counts, complete: true, counted }), [`${said}.`]);
  assert.match(headline(2, { ...counts, complete: false, counted }).join(), 'this is not all');
  assert.equal(headline(2, { ...counts, complete: false, counted: { ...counted, isWhole: false, share: 0.349 } }), [
    `${said}, so far: 34 % of the rows are compared, this is not all.`,
  ]);
  assert.match(headline(2, { ...counts, complete: false, counted: null }).join(), 'is being built');
});

test.run();
