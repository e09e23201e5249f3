import * as assert from 'uvu/assert';
import { pitfallsOf } from '../../../src/domain/phone/index.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what goes wrong with the numbers of a country');
const { extension_patterns } = defaultRules(null);

test('is that extensions are as long as numbers of it', () => {
  const [pitfall] = pitfallsOf('AT', extension_patterns);
  assert.match(pitfall?.what ?? '', 'XXXX, XXXXX');
  assert.equal(pitfallsOf('AT', ['XX', 'XXX', '[1-3]X', '9.']), []);
});

test('is that mobiles have two forms, in Argentina and in Mexico', () => {
  for (const country of ['AR', 'MX']) assert.is(pitfallsOf(country, ['XXX']).length, 1);
});

test('is nothing in most countries, and without one', () => {
  for (const country of ['GR', 'FR', 'US', null]) assert.equal(pitfallsOf(country, extension_patterns), []);
});

test.run();
