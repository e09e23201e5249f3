import * as assert from 'uvu/assert';
import { contradictedContexts, contradictionsOf } from '../../src/domain/contradictions.ts';
import { parseRules, rulesFor } from '../../src/domain/rules.ts';
import { suite } from '../support/suite.ts';

const test = suite('rules that say two things of one name');

const told = (rules: object) =>
  contradictionsOf(rulesFor(parseRules(rules), 'athens')).map(
    ({ setting, value, first, instead }) => `${value} of ${setting} by ${instead} of ${first}`,
  );

test('are told with the one that counts, which is the first that is asked', () => {
  assert.equal(told({ trunk_names: ['prox*'], shared_endpoints: ['proxy', 'gate'] }), [
    'proxy of shared_endpoints by prox* of trunk_names',
  ]);
  assert.equal(told({ machine_names: ['bot'], trunk_names: ['bot'], shared_endpoints: ['bot'] }), [
    'bot of trunk_names by bot of machine_names',
    'bot of shared_endpoints by bot of machine_names',
  ]);
  assert.equal(told({ internal_contexts: ['from-internal', 'from-trunk-sip'] }), [
    'from-trunk-sip of internal_contexts by from-trunk-* of trunk_contexts',
  ]);
  assert.equal(told({}), []);
});

test('are those of the PBX', () => {
  const own = { shared_endpoints: ['proxy'], trunk_names: ['proxy'] };
  assert.is(told({ pbx: { athens: own } }).length, 1);
  assert.is(told({ pbx: { patras: own } }).length, 0);
});

test('are also an endpoint of phones and a provider that opens in a context of trunks', () => {
  const met = (endpoint: string, context: string) => ({ pbx: 'athens', endpoint, context });
  const rules = parseRules({ shared_endpoints: ['proxy'], trunk_contexts: ['from-*'] });
  const calls = [met('proxy', 'from-proxy'), met('proxy', 'default'), met('gate', 'from-gate')];
  assert.equal(contradictedContexts(calls, rules), [met('proxy', 'from-proxy')]);
  assert.equal(contradictedContexts(calls, parseRules({})), []);
});

test('are told in a bounded number', () => {
  const names = Array.from({ length: 100 }, (_, at) => `gate-${at}`);
  assert.is(told({ trunk_names: names, shared_endpoints: names }).length, 20);
});

test.run();
