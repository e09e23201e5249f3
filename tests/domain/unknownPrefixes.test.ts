import * as assert from 'uvu/assert';
import { parseRules, type Rules } from '../../src/domain/rules.ts';
import { type TypedCall, unknownPrefixes } from '../../src/domain/unknownPrefixes.ts';
import { suite } from '../support/suite.ts';

const test = suite('what people dial before a number');

const greek = parseRules({ country: 'GR' });
const call = (dialled: string, e164: string | null = null, pbx = 'athens'): TypedCall => ({ pbx, dialled, e164 });
const thrice = (dialled: string, e164?: string | null) => [1, 2, 3].map(() => call(dialled, e164));
const told = (calls: readonly TypedCall[], rules: Rules = greek) =>
  unknownPrefixes(calls, rules).map(({ pbx, prefix, calls: many }) => `${pbx} ${prefix} ${many}`);

test('is told where without it the number is the one that was called, or is one at all', () => {
  assert.equal(told([...thrice('96945556677', '+306945556677'), call('902101234567')]), ['athens 9 3']);
  assert.equal(told([call('96945556677'), call('92101234567'), call('9004420 71234567'), call('9', null)]), []);
  assert.equal(told([...thrice('96945556677'), call('900442071234567')]), ['athens 9 4']);
  assert.equal(told(thrice('8816945556677', '+306945556677')), ['athens 881 3']);
  const german = parseRules({ country: 'DE' });
  assert.equal(told(thrice('0015112345678', '+4915112345678'), german), ['athens 0 3']);
  // 91 212 5552368 could be of India
  assert.equal(told(thrice('912125552368', '+12125552368'), parseRules({ country: 'US' })), ['athens 9 3']);
});

test('is nothing where the number is one with it, or another was called', () => {
  for (const dialled of ['6945556677', '00442071234567', '306945556677', '112', '#31#6945556677', '101'])
    assert.equal(told([...thrice(dialled), ...thrice(dialled, '+306945556677')]), [], dialled);
  assert.equal(told(thrice('96945556677', '+302101234567')), []);
  assert.equal(told(thrice('015112345678', '+4915112345678'), parseRules({ country: 'DE' })), []);
});

test('is nothing that the rules of that PBX know, or cannot read', () => {
  const rules = parseRules({
    country: 'GR',
    pbx: { athens: { outside_line_prefixes: ['9'] }, else: { country: null } },
  });
  const at = (pbx: string) => thrice('96945556677').map((one) => ({ ...one, pbx }));
  assert.equal(told([...at('athens'), ...at('patras'), ...at('else')], rules), ['patras 9 3']);
});

test('is what several calls show, and bounded', () => {
  assert.equal(told([call('96945556677'), call('96945556678')]), []);
  const many = Array.from({ length: 60 }, (_, at) => thrice(`${at + 40}6945556677`, '+306945556677')).flat();
  assert.is(unknownPrefixes(many, greek).length, 20);
});

test.run();
