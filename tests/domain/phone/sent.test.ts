import * as assert from 'uvu/assert';
import { readSent, type Sent } from '../../../src/domain/phone/index.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the number of what was sent to the provider');
const E164 = '+306945556677';
const HOW = {
  country: 'GR',
  extensionPatterns: ['XXX'],
  trunkForm: null,
  trunkPrefixes: [],
  outsideLinePrefixes: [],
} as const;

function read(numbers: Partial<Sent>, how: Partial<Parameters<typeof readSent>[1]> = {}) {
  return readSent({ sent: null, called: null, typed: null, ...numbers }, { ...HOW, ...how });
}

const TYPED: readonly [sent: string, takenOff: string | null][] = [
  ['6945556677', null],
  ['+306945556677', null],
  ['00306945556677', null],
  ['99999996945556677', '9999999'],
  ['9999999306945556677', '9999999'],
  ['1+6945556677', '1+'],
  ['1+306945556677', '1'],
  ['#31#6945556677', '#31#'],
  ['*31*6945556677', '*31*'],
  ['*31#6945556677', '*31#'],
  ['#31#99999996945556677', '#31#9999999'],
  ['10336945556677', '1033'],
  ['8106945556677', '810'],
];
for (const [sent, takenOff] of TYPED) {
  test(`${sent}, where 6945556677 was typed, is ${E164}${takenOff === null ? '' : ` without ${takenOff}`}`, () => {
    const found = read({ sent, typed: '6945556677' });
    assert.equal([found.e164, found.takenOff, found.agreesWith], [E164, takenOff, 'typed']);
    assert.is(read({ sent, called: '6945556677' }).e164, E164);
  });
}

test('is found without its service code where nobody heard what was typed', () => {
  for (const sent of ['#31#6945556677', '*31*6945556677', '*31#+306945556677']) {
    const found = read({ sent, called: sent });
    assert.equal([found.e164, found.agreesWith], [E164, 'called']);
  }
  assert.is(read({ sent: '*676945556677' }).takenOff, '*67');
});

test('is found without the prefix that the rules name for the trunk, whatever else is known', () => {
  const found = read({ sent: '99999996945556677', called: '99999996945556677' }, { trunkPrefixes: ['9', '9999999'] });
  assert.equal([found.e164, found.takenOff], [E164, '9999999']);
  assert.is(read({ sent: '#31#99906945556677' }, { trunkPrefixes: ['9990'] }).takenOff, '#31#9990');
});

test('keeps digits that only look like a prefix', () => {
  assert.equal(read({ sent: '6945556677', typed: '6945556677' }, { trunkPrefixes: ['69'] }).e164, E164);
  assert.is(read({ sent: '99999996945556677' }).e164, null, 'nothing says what of it is the number');
});

test('is the one that was typed where it can mean two', () => {
  const how = { country: 'DE' } as const;
  assert.is(read({ sent: '390612345678', typed: '00390612345678' }, how).e164, '+390612345678');
  assert.is(read({ sent: '390612345678', typed: '0390612345678' }, how).e164, '+49390612345678');
  const alone = read({ sent: '390612345678', typed: '390612345678' }, how);
  assert.equal([alone.isAmbiguous, alone.agreesWith], [true, null]);
});

test('is in no doubt where the trunk is known to be sent numbers in one form', () => {
  const how = { country: 'DE' } as const;
  const numbers = { sent: '390612345678', typed: '390612345678' };
  const international = read(numbers, { ...how, trunkForm: 'e164_without_plus' });
  assert.equal([international.e164, international.isAmbiguous], ['+390612345678', false]);
  const national = read(numbers, { ...how, trunkForm: 'national' });
  assert.equal([national.e164, national.isAmbiguous], ['+49390612345678', false]);
});

test('is without the access code of its country and the code of a carrier', () => {
  assert.is(read({ sent: '011306945556677' }, { country: 'US' }).e164, E164);
  assert.is(read({ sent: '810306945556677' }, { country: 'RU' }).e164, E164);
  assert.is(read({ sent: '0015306945556677' }, { country: 'BR' }).e164, E164);
  assert.is(read({ sent: '01511961234567' }, { country: 'BR' }).e164, '+5511961234567');
});

test('is what was sent, although something else was typed: a speed dial, a forwarded call', () => {
  assert.is(read({ sent: '6945556677', typed: '2101234567' }).e164, E164);
  assert.is(read({ sent: '6945556677', typed: '101' }).e164, E164);
  assert.is(read({ sent: '6945556677', typed: '*21' }).e164, E164);
});

test('is what was sent, although what was typed before the code of a line was taken off it is another number', () => {
  for (const code of ['6', '4', '7', '66', '0']) {
    assert.equal(read({ sent: '6945556677', called: '6945556677', typed: `${code}6945556677` }).e164, E164, code);
  }
});

test('agrees with what was typed behind the prefix of an outside line', () => {
  const found = read({ sent: '88886945556677', typed: '96945556677' }, { outsideLinePrefixes: ['9'] });
  assert.equal([found.e164, found.takenOff], [E164, '8888']);
});

test.run();
