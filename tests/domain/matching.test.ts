import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Matchable, matchEntry, matchingRulesFor, type OwnedNumber } from '../../src/domain/matching.ts';
import { parseRules } from '../../src/domain/rules.ts';
import { fromRfc3339, type Micros } from '../../src/domain/time.ts';
import { suite } from '../support/suite.ts';

const test = suite('whose a call is');

const RULES = matchingRulesFor(parseRules({ country: 'GR', own_numbers: ['2109990000'] }), 'pbx');
const NUMBER = '+306912345678';
const CALL: Matchable = {
  external_number: NUMBER,
  external_number_raw: '6912345678',
  did: '2101234567',
  occurred_at: '2026-11-24T10:00:00.000000Z',
};

test('the customer’s who held the number when it occurred', () => {
  const owned = [
    holding('before', '2026-11-01', '2026-11-10'),
    holding('then', '2026-11-10'),
    holding('later', '2026-11-25'),
  ];
  const { customer_id, match } = whose(CALL, owned);
  assert.is(customer_id, 'then');
  assert.equal(match, {
    status: 'matched',
    rule: 'number_at_the_time',
    number: NUMBER,
    candidates: [{ customer_id: 'then', rule: 'number_at_the_time' }],
  });
});

test('the first later owner’s when nobody held the number', () => {
  const owned = [
    holding('before', '2026-11-01', '2026-11-10'),
    holding('second', '2026-11-27'),
    holding('first', '2026-11-26'),
  ];
  const { customer_id, match } = whose(CALL, owned);
  assert.equal([customer_id, match.rule], ['first', 'later_owner']);
});

test('open to a person when it is older than several numbers without a date, whatever order they were written in', () => {
  const days = ['2026-11-25', '2026-11-26', '2026-11-27'];
  const customers = ['a', 'b', 'c'];
  for (const order of permutations(customers)) {
    const owned = order.map((id, at) => told(id, days[at] ?? ''));
    const { customer_id, match } = whose(CALL, owned);
    assert.equal([customer_id, match.status, match.rule], [null, 'ambiguous', 'later_owner']);
    assert.equal(
      match.candidates.map((one) => one.customer_id),
      customers,
    );
  }
});

test('of numbers without a date and of the first with one, since nobody knows which was first', () => {
  const { match } = whose(CALL, [
    holding('second', '2026-11-30'),
    holding('first', '2026-11-29'),
    told('undated', '2026-12-01'),
  ]);
  assert.equal(
    match.candidates.map((one) => one.customer_id),
    ['first', 'undated'],
  );
});

test('of all who came in one import, also while it was being written', () => {
  const [before, after] = ['2026-11-24T09:59:59Z', '2026-11-24T10:00:01Z'];
  for (const [first, second] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const { match } = whose(CALL, [told(first, before, 'one'), told(second, after, 'one')]);
    assert.equal([match.status, match.candidates.length], ['ambiguous', 2]);
  }
  const apart = whose(CALL, [told('a', before, 'one'), told('b', after, 'two')]);
  assert.equal([apart.customer_id, apart.match.rule], ['a', 'number_at_the_time']);
  const dated = whose(CALL, [told('a', before, 'one'), { ...holding('b', after), importId: 'one' }]);
  assert.is(dated.customer_id, 'a');
});

test('nobody’s when only former owners are known', () => {
  assert.equal(brief(CALL, [holding('before', '2026-11-01', '2026-11-10')]), [null, 'unmatched', 'nobody_holds_it']);
});

test('held from the first moment, and no longer at the last one', () => {
  const at = '2026-11-24T10:00:00Z';
  assert.is(whose(CALL, [holding('from', at)]).customer_id, 'from');
  assert.is(whose(CALL, [holding('to', '2026-11-01', at)]).customer_id, null);
});

test('open to a person when several hold the number', () => {
  const { customer_id, match } = whose(CALL, [
    holding('b', '2026-11-01'),
    holding('a', '2026-11-02'),
    holding('a', '2026-11-03'),
  ]);
  assert.equal([customer_id, match.status], [null, 'ambiguous']);
  assert.equal(
    match.candidates.map((one) => one.customer_id),
    ['a', 'b'],
  );
});

test('a person’s to say, against every rule', () => {
  const assignment = { customerId: 'chosen' };
  for (const call of [CALL, { ...CALL, external_number: null, external_number_raw: null }]) {
    const { customer_id, match } = matchEntry(call, [holding('a', '2026-11-01')], { assignment, rules: RULES });
    assert.equal([customer_id, match.status, match.rule], ['chosen', 'assigned', 'person']);
  }
});

test('never asked of a withheld number, an extension, or a number of our own', () => {
  const asked = (change: Partial<Matchable>) => {
    const call = { ...CALL, ...change };
    return brief(call, [{ ...holding('a', '2026-11-01'), e164: call.external_number }]);
  };
  assert.equal(asked({ external_number: null, external_number_raw: null }), [null, 'withheld', 'withheld']);
  assert.equal(asked({ external_number: null, external_number_raw: '101' }), [null, 'unmatched', 'extension']);
  assert.equal(asked({ external_number: '+302109990000', external_number_raw: '2109990000' }), [
    null,
    'own_number',
    'own_number',
  ]);
  assert.equal(asked({ external_number: '+302101234567', external_number_raw: '2101234567' }), [
    null,
    'own_number',
    'own_did',
  ]);
});

test('not decided by numbers that are none, nor by those that only end alike', () => {
  assert.equal(brief({ ...CALL, external_number: null, external_number_raw: '021012' }, []), [
    null,
    'unmatched',
    'number_not_valid',
  ]);
  const alike = { ...holding('a', '2026-11-01'), number: '+49 30 12345678', e164: '+493012345678' };
  const { customer_id, match } = whose(CALL, [alike]);
  assert.is(customer_id, null);
  assert.equal(match.candidates, [{ customer_id: 'a', rule: 'national_suffix' }]);
});

test('a function of the set of facts, whatever their order', () => {
  const day = fc.integer({ min: 1, max: 30 }).map((n) => `2026-11-${String(n).padStart(2, '0')}`);
  const id = fc.constantFrom('a', 'b', 'c');
  const owned = fc.oneof(
    fc.tuple(id, day, fc.option(day)).map(([id, from, to]) => holding(id, from, to ?? undefined)),
    fc.tuple(id, day, fc.constantFrom(null, 'one', 'two')).map(([id, at, importId]) => told(id, at, importId)),
  );
  const seed = Date.now() % 2 ** 31;
  console.log(`seed ${seed}`);
  fc.assert(
    fc.property(fc.array(owned, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (numbers, order) => {
      const shuffled = numbers
        .map((number) => ({ number, at: order.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ number }) => number);
      assert.equal(whose(CALL, shuffled), whose(CALL, numbers));
    }),
    { seed },
  );
});

test('the same whatever order customers without a date are written in after it', () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`seed ${seed}`);
  const ids = ['a', 'b', 'c', 'd'];
  const order = fc.shuffledSubarray(ids, { minLength: ids.length });
  const imports = fc.array(fc.constantFrom(null, 'one', 'two'), { minLength: ids.length, maxLength: ids.length });
  const dated = fc.option(fc.integer({ min: 1, max: 30 }).map((day) => `2027-01-${String(day).padStart(2, '0')}`));
  fc.assert(
    fc.property(order, order, imports, dated, (one, other, imports, from) => {
      const written = (order: readonly string[]) => [
        ...order.map((id, at) => told(id, `2026-12-0${at + 1}`, imports[ids.indexOf(id)])),
        ...(from === null ? [] : [holding('dated', from)]),
      ];
      assert.equal(whose(CALL, written(one)), whose(CALL, written(other)));
    }),
    { seed },
  );
});

function whose(call: Matchable, owned: readonly OwnedNumber[]) {
  return matchEntry(call, owned, { assignment: null, rules: RULES });
}

function brief(call: Matchable, owned: readonly OwnedNumber[]) {
  const { customer_id, match } = whose(call, owned);
  return [customer_id, match.status, match.rule];
}

function permutations(all: readonly string[]): readonly (readonly string[])[] {
  if (all.length === 0) return [[]];
  return all.flatMap((one) => permutations(all.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}

/** A number without `from`: held since it was written. */
function told(customerId: string, at: string, importId: string | null = null): OwnedNumber {
  return { ...holding(customerId, at), validFrom: null, importId };
}

function holding(customerId: string, from: string, to?: string): OwnedNumber {
  const time = (text: string): Micros => {
    const at = fromRfc3339(text.includes('T') ? text : `${text}T00:00:00Z`);
    if (at === null) throw new Error(`not a time: ${text}`);
    return at;
  };
  return {
    customerId,
    number: '6912345678',
    e164: NUMBER,
    validFrom: time(from),
    holdsFrom: time(from),
    holdsTo: to === undefined ? null : time(to),
    importId: null,
  };
}

test.run();
