import * as assert from 'uvu/assert';
import { lookupKey, normaliseNumber } from '../../src/domain/phone.ts';
import { suite } from '../support/suite.ts';

const test = suite('a number');
const extensions = ['XX', 'XXX', 'XXXX'];

const CASES: readonly [raw: string, country: string | null, e164: string | null][] = [
  ['6912345678', 'GR', '+306912345678'],
  ['+306912345678', 'GR', '+306912345678'],
  ['00306912345678', 'GR', '+306912345678'],
  ['306912345678', 'GR', '+306912345678'],
  ['210 123-4567', 'GR', '+302101234567'],
  ['0044 20 7123 4567', 'US', '+442071234567'],
  ['(212) 555-2368', 'US', '+12125552368'],
  ['6912345678', null, null],
  ['+306912345678', null, '+306912345678'],
  ['00306912345678', null, '+306912345678'],
  ['112', 'GR', null],
  ['0210', 'GR', null],
  ['102', 'GR', null],
  ['anonymous', 'GR', null],
  ['s', 'GR', null],
  ['6912345678;ext=5', 'GR', null],
  ['', 'GR', null],
];
for (const [raw, country, e164] of CASES) {
  test(`${JSON.stringify(raw)} ${country ? `in ${country}` : 'without a country'} is ${e164 ?? 'none'}`, () => {
    assert.is(normaliseNumber(raw, country, extensions), e164);
  });
}

test('that is an extension is none, although it would be valid', () => {
  assert.is(normaliseNumber('4000', 'NU'), '+6834000');
  assert.is(normaliseNumber('4000', 'NU', extensions), null);
});

test('of any length or kind is read without an error', () => {
  for (const raw of ['9'.repeat(10_000), '+', '++30', '٣٠', '\u0000', '+30 \ud800']) {
    assert.is(normaliseNumber(raw, 'GR', extensions), null);
  }
  assert.is(normaliseNumber(null, 'GR'), null);
});

test('is suggested by its last digits only when there are enough of them', () => {
  assert.is(lookupKey('+30 691 234 5678', null), '12345678');
  assert.is(lookupKey('1234567', null), null);
});

test.run();
