import * as assert from 'uvu/assert';
import { lookupKey, readNumber } from '../../../src/domain/phone/index.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a number in a form that its country has given up');

const MEXICO = '+525512345678';
const MOBILE = '+5491123456789';

const FORMS: readonly [written: string, country: string | null, e164: string, isFormer: boolean][] = [
  ['+52 1 55 1234 5678', 'MX', MEXICO, true],
  ['+52 1 55 1234 5678', 'GR', MEXICO, true],
  ['+52 1 55 1234 5678', null, MEXICO, true],
  ['00 52 1 55 1234 5678', 'GR', MEXICO, true],
  ['011 52 1 55 1234 5678', 'US', MEXICO, true],
  ['5215512345678', 'MX', MEXICO, true],
  ['5215512345678', 'GR', MEXICO, true],
  ['044 55 1234 5678', 'MX', MEXICO, true],
  ['045 55 1234 5678', 'MX', MEXICO, true],
  ['01 55 1234 5678', 'MX', MEXICO, true],
  ['+52 55 1234 5678', 'MX', MEXICO, false],
  ['55 1234 5678', 'MX', MEXICO, false],
  // of Argentina each is in use, but for both at once
  ['+54 9 11 15 2345 6789', 'AR', MOBILE, true],
  ['0054 9 11 15 2345 6789', 'GR', MOBILE, true],
  ['+54 9 11 2345 6789', 'AR', MOBILE, false],
  ['+54 11 15 2345 6789', 'GR', MOBILE, false],
  ['011 15 2345 6789', 'AR', MOBILE, false],
  ['11 15 2345 6789', 'AR', MOBILE, false],
  ['9 11 2345 6789', 'AR', MOBILE, false],
  ['02966 15 432123', 'AR', '+5492966432123', false],
];
for (const [written, country, e164, isFormer] of FORMS) {
  test(`${written} in ${country ?? 'no country'} is ${e164}, of a call and of a customer alike`, () => {
    for (const as of ['trunk', 'customer', 'dialled'] as const) {
      const read = readNumber(written, as, { country });
      assert.equal([read.e164, read.rule === 'former_form'], [e164, isFormer], as);
      assert.is(lookupKey(written, read.e164), lookupKey(e164, e164));
    }
  });
}

test('is none where it is not valid without what was given up either', () => {
  for (const written of ['+52 1 00 1234 5678', '+52 1 55 1234 567', '+30 1 691 234 5678'])
    assert.is(readNumber(written, 'customer', { country: 'MX' }).e164, null, written);
});

test('is another country’s first where that is as good a reading, and says that it is ambiguous', () => {
  const read = readNumber('15512345678', 'trunk', { country: 'MX' });
  assert.equal([read.e164, read.isAmbiguous], ['+15512345678', true]);
  assert.is(readNumber('01 55 1234 5678', 'customer', { country: 'MX' }).isAmbiguous, true);
});

test('is what a trunk’s form says, where that is known', () => {
  const read = readNumber('5215512345678', 'trunk', { country: 'MX', trunkForm: 'e164_without_plus' });
  assert.is(read.e164, MEXICO);
  assert.is(readNumber('5215512345678', 'trunk', { country: 'MX', trunkForm: 'as_dialled' }).e164, null);
});

test('of Argentina without 9 and 15 is another number, which is suggested', () => {
  const landline = readNumber('011 2345 6789', 'customer', { country: 'AR' }).e164;
  assert.is(landline, '+541123456789');
  assert.is(lookupKey(null, landline), lookupKey(null, MOBILE));
});

test.run();
