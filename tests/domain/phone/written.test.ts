import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { numbersIn, readNumber } from '../../../src/domain/phone/index.ts';
import { suite } from '../../support/suite.ts';

const test = suite('numbers as people and systems write them');
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

const E164 = '+306912345678';
const WRITTEN = [
  '(+30) 691 2345678',
  '+30 (0) 691 2345678',
  '+30(0)6912345678',
  '+30\u00a0691\u2009234\u202f5678',
  '\u202a+30 691 234 5678\u202c',
  '\u2066+306912345678\u2069',
  '+30 691\u2013234\u20115678',
  '+30 691\u2212234\u22125678',
  '\uff0b\uff13\uff10 6912345678',
  "'6912345678",
  '\u2019+306912345678',
  '="6912345678"',
  'tel:+30-691-234-5678',
  'TEL:6912345678',
  'sip:6912345678@10.0.0.5',
  'sips:+306912345678@provider.gr:5061;user=phone',
  '"Maria" <sip:+306912345678@provider.gr>',
  '+306912345678@provider.gr',
  '+306912345678;npdi',
  '6912345678;npdi;rn=+3069',
  '6912345678;phone-context=+30',
  'tel:6912345678;phone-context=provider.gr',
  '%2B306912345678',
  '%2b30%20691%202345678',
  '6912345678 ext 12',
  '6912345678 ext. 12',
  '6912345678 x12',
  '6912345678x12',
  '6912345678 (εσωτ. 12)',
  '+306912345678,101',
  '+00306912345678',
  '+0306912345678',
  '306912345678.0',
  '6912345678.00',
  '6912345678#',
  'c6912345678',
  'Tel.: 691 2345678',
  '691 2345678 (mobile)',
  '691.234.5678',
  '+30 691/2345678',
  '[+30] 691~234·5678',
  '٦٩١٢٣٤٥٦٧٨',
  '६९१२३४५६७८',
];
for (const written of WRITTEN) {
  test(`${JSON.stringify(written)} is ${E164}, of a trunk and of a customer`, () => {
    assert.is(readNumber(written, 'trunk', { country: 'GR' }).e164, E164);
    assert.is(readNumber(written, 'customer', { country: 'GR' }).e164, E164);
    assert.is(numbersIn(written).length, 1);
  });
}

const SEVERAL: readonly [text: string, numbers: readonly string[]][] = [
  ['2101234569 / 6912345681', ['2101234569', '6912345681']],
  ['2101234569/6912345681', ['2101234569', '6912345681']],
  ['2101234569, 6912345681', ['2101234569', '6912345681']],
  ['2101234569;6912345681', ['2101234569', '6912345681']],
  ['2101234569 ::: 6912345681', ['2101234569', '6912345681']],
  ['2101234569\r\n6912345681', ['2101234569', '6912345681']],
  ['2101234569 6912345681', ['2101234569', '6912345681']],
  ['2101234569 or 6912345681', ['2101234569', '6912345681']],
  ['+30 210 1234569 +30 691 2345681', ['+30 210 1234569', '+30 691 2345681']],
  ['+302101234569(+30)6912345681', ['+302101234569', '(+30)6912345681']],
  ['0211/123456 / 0172/1234567', ['0211/123456', '0172/1234567']],
  ['210 1234569 (office); 691 2345681 (mobile)', ['210 1234569 (office)', '691 2345681 (mobile)']],
  ['+302101234569;npdi, +306912345681;npdi', ['+302101234569;npdi', '+306912345681;npdi']],
  ['2101234569 / 12', ['2101234569', '12']],
  ['2101234569/8', ['2101234569', '8']],
  ['2101234569,12, 6912345681', ['2101234569,12', '6912345681']],
  ['2101234569,,12', ['2101234569 ,12']],
  ['2101234569, 2nd floor', ['2101234569', '2nd floor']],
  ['12; 2101234569', ['12', '2101234569']],
  ['2101234569, Maria', ['2101234569']],
  ['2101234569, ext. 12', ['2101234569 ext. 12']],
  ['2101234569; x12, 6912345681', ['2101234569 x12', '6912345681']],
  ['0211/1234567', ['0211/1234567']],
  ['0211/1234567/8', ['0211/1234567', '8']],
  ['030 / 1234567', ['030 / 1234567']],
  ['+49 33203/123456', ['+49 33203/123456']],
  ['0049 33203 / 123456', ['0049 33203 / 123456']],
  ['+49 (0) 30 1234 5678', ['+49 (0) 30 1234 5678']],
  ['3.06912E+11', ['3.06912E+11']],
  ['3,06912E+11', ['3,06912E+11']],
  ['Maria', ['Maria']],
  ['101', ['101']],
  [' ', []],
];
for (const [text, numbers] of SEVERAL) {
  test(`${JSON.stringify(text)} holds ${numbers.length === 0 ? 'none' : numbers.join(' and ')}`, () => {
    assert.equal(numbersIn(text), numbers);
  });
}

test('what is too short for a number beside one is not understood, and of a call the number counts', () => {
  for (const text of ['2101234569 / 12', '12; 2101234569', '2101234569, ext. 12', '2101234569,12', '2101234569,,12'])
    for (const as of ['trunk', 'customer'] as const)
      assert.is(readNumber(text, as, { country: 'GR' }).e164, '+302101234569', text);
  assert.is(readNumber('12', 'customer', { country: 'GR' }).e164, null);
  // it would be a number of Berlin
  assert.is(readNumber('030 1234567 / 12', 'customer', { country: 'DE' }).e164, '+49301234567');
});

test('what a spreadsheet has rounded is no number', () => {
  for (const text of ['3.06912E+11', '3,06912E+11', '3E11']) {
    assert.is(readNumber(text, 'customer', { country: 'GR' }).e164, null);
  }
});

const decoration = fc.constantFrom(' ', '\u00a0', '\u2009', '\u202a', '\u202c', '\u200e', '-', '\u2011', '.', '');
test('are the same whatever stands between their digits', () =>
  fc.assert(
    fc.property(fc.array(decoration, { minLength: 12, maxLength: 12 }), (between) => {
      const written = [...'306912345678'].map((digit, at) => `${digit}${between[at]}`).join('');
      assert.is(readNumber(`+${written}`, 'trunk', { country: 'DE' }).e164, E164);
    }),
    { seed, numRuns: 500 },
  ));

test('of any text are few, and found before anybody waits', () =>
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'01+/;,( )x# a\n\u00a0%2'), maxLength: 5000 }), (text) => {
      assert.ok(numbersIn(text).length <= 50);
      readNumber(text, 'customer', { country: 'GR' });
    }),
    { seed, numRuns: 300 },
  ));

test.run();
