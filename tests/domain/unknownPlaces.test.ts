import * as assert from 'uvu/assert';
import { parseRules } from '../../src/domain/rules.ts';
import { type GuessedLeg, unknownPlaces, withPlace } from '../../src/domain/unknownPlaces.ts';
import { suite } from '../support/suite.ts';

const test = suite('what the rules do not know');

const trunk: GuessedLeg = { kind: 'trunk', endpoint: 'gate', rule: 'far_end', context: 'gate_in' };
const phone: GuessedLeg = { kind: 'extension', endpoint: '101', rule: 'neighbour_in_context', context: 'desks' };
const none = parseRules({});

function told(legs: readonly (readonly GuessedLeg[])[], rules = none) {
  return unknownPlaces(
    legs.map((its) => ({ pbx: 'athens', legs: its })),
    rules,
  ).map(({ setting, value, calls }) => `${calls} ${setting} ${value}`);
}

test('is told by context with the calls it was met in, the most first', () => {
  assert.equal(
    told([
      [trunk, phone],
      [phone, phone],
    ]),
    ['2 internal_contexts desks', '1 trunk_contexts gate_in'],
  );
});

test('is told of a trunk by its name where phones open in its context too', () => {
  const inDefault = { ...trunk, context: 'default' };
  assert.equal(told([[inDefault, { ...phone, context: 'default' }]]), [
    '1 internal_contexts default',
    '1 trunk_names gate',
  ]);
});

test('is told of an endpoint that leads to phones and a provider', () => {
  const proxy = { ...trunk, endpoint: 'proxy', rule: 'number_at_shared_endpoint' };
  assert.equal(told([[proxy, { ...proxy, kind: 'extension' }]]), ['1 shared_endpoints proxy']);
});

test('is told of an endpoint that is a machine by its technology, whatever context it opened in', () => {
  const agent: GuessedLeg = { ...phone, kind: 'machine', endpoint: 'agent', rule: 'unknown_technology' };
  assert.equal(told([[agent], [{ ...agent, context: null }]]), ['2 machine_names agent']);
  assert.equal(told([[agent]], parseRules({ machine_names: ['agent'] })), []);
  assert.equal(told([[trunk, { ...agent, context: 'gate_in' }]]), [
    '1 machine_names agent',
    '1 trunk_contexts gate_in',
  ]);
});

test('is nothing of which the opening was not heard, and nothing that a rule knows by now', () => {
  assert.equal(told([[{ ...trunk, context: null }]]), []);
  assert.equal(told([[trunk]], parseRules({ trunk_contexts: ['gate_*'] })), []);
});

test('is bounded', () => {
  const many = Array.from({ length: 200 }, (_, at) => [{ ...trunk, context: `in-${at}` }]);
  assert.is(told(many).length, 50);
});

test('goes into the list of its PBX where that has one, else into everybody’s, and is known then', () => {
  const place = { pbx: 'athens', setting: 'trunk_contexts', value: 'gate_in', calls: 1 } as const;
  assert.ok(withPlace(none, place).trunk_contexts.includes('gate_in'));
  const own = parseRules({ pbx: { athens: { trunk_contexts: ['in'] } } });
  assert.equal(withPlace(own, place).pbx.athens?.trunk_contexts, ['in', 'gate_in']);
  assert.equal(withPlace(own, place).trunk_contexts, own.trunk_contexts);
  for (const rules of [none, own]) assert.equal(told([[trunk]], withPlace(rules, place)), []);
});

test.run();
