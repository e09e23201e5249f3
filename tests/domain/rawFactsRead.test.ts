import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { callRead, callsIn, callsRead, rawFactsReadSchema } from '../../src/domain/rawFactsRead.ts';
import { suite } from '../support/suite.ts';

const test = suite('raw facts that were read');

const PERIOD = { from: '2026-11-01T00:00:00.000000Z', to: '2026-12-01T00:00:00.000000Z' };
const entries = (count: number) =>
  Array.from({ length: count }, () => ({ id: randomUUID(), occurred_at: '2026-11-25T10:00:00.000000Z' }));

test('of a period name every call, in facts of which a page is small, and say how many there were', () => {
  for (const count of [0, 1, 50, 51, 10_000]) {
    const read = entries(count);
    const facts = callsRead(PERIOD, read);
    assert.is(facts.length, Math.max(1, Math.ceil(count / 50)));
    for (const fact of facts) {
      assert.equal(rawFactsReadSchema.parse(fact), fact);
      assert.ok(JSON.stringify(fact).length < 6_000);
    }
    assert.equal(facts.flatMap(callsIn), read);
  }
});

test('of one call name it, also where nobody knows when it was', () => {
  const [one = { id: '', occurred_at: '' }] = entries(1);
  assert.equal(callsIn(callRead(one)), [one]);
  assert.equal(callsIn(callRead({ ...one, occurred_at: null })), [{ ...one, occurred_at: null }]);
  assert.equal(callsIn({ what: 'entries', format: 'csv', filters: {} }), []);
});

test.run();
