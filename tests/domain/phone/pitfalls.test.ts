import * as assert from 'uvu/assert';
import { pitfallsOf } from '../../../src/domain/phone/index.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what goes wrong with the numbers of a country');
const { extension_patterns } = defaultRules(null);

const pitfalls = (country: string | null, extensionPatterns: readonly string[], outsideLinePrefixes: string[] = []) =>
  pitfallsOf({ country, extensionPatterns, outsideLinePrefixes }).map(({ what }) => what);

test('is that extensions are as long as numbers of it', () => {
  assert.match(pitfalls('AT', extension_patterns)[0] ?? '', 'XXXX, XXXXX');
  assert.equal(pitfalls('AT', ['XX', 'XXX', '[1-3]X', '9.']), []);
});

test('is that its numbers are as short as extensions behind an outside line', () => {
  const [pitfall, ...others] = pitfalls('NU', ['XXX', '[89]XXXX'], ['8', '0']);
  assert.match(pitfall ?? '', /behind an outside line.* \[89\]XXXX:/);
  assert.equal(others, []);
  assert.equal(pitfalls('NU', ['XXX', '[89]XXXX'], ['7']), []);
});

test('is that extensions begin as outside lines do', () => {
  assert.match(pitfalls(null, ['9XXX', '2XX'], ['9'])[0] ?? '', 'with 9');
  assert.equal(pitfalls('GR', ['XXXX', '2XX'], ['9']), []);
});

test('is that its numbers begin as outside lines do, where they are other numbers without that', () => {
  // 0331 1234567 is Varese, 331 1234567 a mobile
  assert.match(pitfalls('IT', ['XXX'], ['0'])[0] ?? '', 'begin with 0');
  // where all are of one length, or dialled with a 0 of their own, nothing is lost
  for (const country of ['GR', 'FR', 'US', 'DE'])
    assert.equal(pitfalls(country, ['XXX'], ['0', '9', '7']), [], country);
});

test('is that mobiles have two forms, in Argentina and in Mexico', () => {
  for (const country of ['AR', 'MX']) assert.is(pitfalls(country, ['XXX']).length, 1);
});

test('is nothing in most countries, and without one', () => {
  for (const country of ['GR', 'FR', 'US', null]) assert.equal(pitfalls(country, extension_patterns), []);
});

test.run();
