import * as assert from 'uvu/assert';
import { lookupKey, readNumber, type TrunkForm } from '../../../src/domain/phone/index.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a number');
const extensionPatterns = ['XX', 'XXX', 'XXXX'];

const CASES: readonly [raw: string, country: string | null, e164: string | null][] = [
  ['6912345678', 'GR', '+306912345678'],
  ['+306912345678', 'GR', '+306912345678'],
  ['00306912345678', 'GR', '+306912345678'],
  ['306912345678', 'GR', '+306912345678'],
  ['210 123-4567', 'GR', '+302101234567'],
  ['0044 20 7123 4567', 'US', '+442071234567'],
  ['011 44 20 7123 4567', 'US', '+442071234567'],
  ['(212) 555-2368', 'US', '+12125552368'],
  ['6912345678', null, null],
  ['306912345678', null, null],
  ['0306912345678', null, null],
  ['+306912345678', null, '+306912345678'],
  ['00306912345678', null, '+306912345678'],
  ['112', 'GR', null],
  ['0210', 'GR', null],
  ['102', 'GR', null],
  ['anonymous', 'GR', null],
  ['s', 'GR', null],
  ['6912345678;ext=5', 'GR', '+306912345678'],
  ['', 'GR', null],
];
for (const [raw, country, e164] of CASES) {
  test(`${JSON.stringify(raw)} ${country ? `in ${country}` : 'without a country'} is ${e164 ?? 'none'}`, () => {
    for (const as of ['trunk', 'customer', 'dialled'] as const) {
      assert.is(readNumber(raw, as, { country, extensionPatterns }).e164, e164);
    }
  });
}

/** What a trunk presents without +, in its country: of abroad, of its own, or what could be both. */
const PRESENTED: readonly [digits: string, country: string, e164: string | null, isAmbiguous: boolean][] = [
  ['4915112345678', 'DE', '+4915112345678', true],
  ['35799123456', 'GR', '+35799123456', false],
  ['628123456789', 'ID', '+628123456789', false],
  ['46701234567', 'SE', '+46701234567', false],
  ['38343201234', 'XK', '+38343201234', true],
  ['390612345678', 'DE', '+390612345678', true],
  ['390612345678', 'IT', '+390612345678', false],
  ['4915112345678', 'ID', '+4915112345678', false],
  ['4915112345678', 'US', '+4915112345678', false],
  ['2125552368', 'US', '+12125552368', false],
  // a mobile of Beijing and one of Bogotá, where nobody dials a 0 before it, are none of Chicago and Belgium
  ['13123456789', 'CN', '+8613123456789', true],
  ['3211234567', 'CO', '+573211234567', true],
  ['1712345678', 'DE', '+491712345678', false],
  ['30123456', 'DE', null, false],
  ['22345678', 'BE', '+3222345678', false],
  ['0306912345678', 'GR', '+306912345678', false],
  ['03069123456', 'DE', '+493069123456', false],
];
for (const [digits, country, e164, isAmbiguous] of PRESENTED) {
  test(`${digits} of a trunk in ${country} is ${e164}${isAmbiguous ? ', and could be another' : ''}`, () => {
    const read = readNumber(digits, 'trunk', { country });
    assert.equal([read.e164, read.isAmbiguous], [e164, isAmbiguous]);
  });
}

test('of a customer is tried in the own country before others', () => {
  const read = readNumber('390612345678', 'customer', { country: 'DE' });
  assert.equal(read, { e164: '+49390612345678', rule: 'national', isAmbiguous: true });
  assert.is(readNumber('4915112345678', 'customer', { country: 'DE' }).e164, '+4915112345678');
});

const KNOWN: readonly [trunkForm: TrunkForm, digits: string, e164: string | null][] = [
  ['e164_without_plus', '4915112345678', '+4915112345678'],
  ['e164_without_plus', '390612345678', '+390612345678'],
  ['e164_without_plus', '015112345678', '+4915112345678'],
  ['national', '4915112345678', '+494915112345678'],
  ['national', '15112345678', '+4915112345678'],
  ['as_dialled', '015112345678', '+4915112345678'],
  ['as_dialled', '00390612345678', '+390612345678'],
  // local, of a place that nobody has said
  ['as_dialled', '4915112345678', null],
  ['as_dialled', '30123456', null],
];
for (const [trunkForm, digits, e164] of KNOWN) {
  test(`${digits} of a trunk that presents numbers ${trunkForm} is ${e164 ?? 'none'}, without a doubt`, () => {
    const read = readNumber(digits, 'trunk', { country: 'DE', trunkForm });
    assert.equal([read.e164, read.isAmbiguous], [e164, false]);
  });
}

test('of one place is never completed by an area code', () => {
  for (const local of ['1234567', '234567', '5551234']) {
    for (const country of ['DE', 'GR', 'US', 'IT']) assert.is(readNumber(local, 'trunk', { country }).e164, null);
  }
});

test('with a + and the code of its country is what it says, whatever the country', () => {
  for (const country of ['GR', 'DE', 'US', null]) {
    const read = readNumber('+390612345678', 'trunk', { country });
    assert.equal(read, { e164: '+390612345678', rule: 'international', isAmbiguous: false });
  }
});

test('with the 0 of its country behind the code is read without it, unless it is a part of the number', () => {
  assert.is(readNumber('+49 (0) 151 12345678', 'customer', { country: 'GR' }).e164, '+4915112345678');
  assert.is(readNumber('+30 (0) 691 2345678', 'customer', { country: 'GR' }).e164, '+306912345678');
  assert.is(readNumber('+39 (0)6 12345678', 'customer', { country: 'GR' }).e164, '+390612345678');
});

test('that is an extension is none, although it would be valid', () => {
  assert.is(readNumber('4000', 'trunk', { country: 'NU' }).e164, '+6834000');
  assert.is(readNumber('4000', 'trunk', { country: 'NU', extensionPatterns }).rule, 'extension');
});

test('of any length or kind is read without an error', () => {
  for (const raw of ['9'.repeat(10_000), '+', '++30', '٣٠', '\u0000', '+30 \ud800', '%', '%2', 'ﷺ'.repeat(9_999)]) {
    assert.is(readNumber(raw, 'trunk', { country: 'GR', extensionPatterns }).e164, null);
  }
  assert.is(readNumber(null, 'trunk', { country: 'GR' }).e164, null);
});

test('is suggested by its last digits only when there are enough of them', () => {
  assert.is(lookupKey('+30 691 234 5678', null), '12345678');
  assert.is(lookupKey('sip:6912345678@10.0.0.5', null), '12345678');
  assert.is(lookupKey('6912345678.0', null), '12345678');
  assert.is(lookupKey('1234567', null), null);
});

test.run();
