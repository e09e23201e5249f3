import * as assert from 'uvu/assert';
import { DERIVATION_VERSION, derivationOf } from '../../src/domain/derivation.ts';
import { matchesDigits, matchesGlob } from '../../src/domain/pattern.ts';
import { defaultRules, parseRules, parseStoredRules, rulesFor } from '../../src/domain/rules.ts';
import { parseRulesFile } from '../../src/domain/rulesFile.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { CommslogError } from '../../src/errors.ts';
import { suite } from '../support/suite.ts';

const test = suite('the rules');

/** The pointers of what is wrong. */
function problems(input: unknown): string[] {
  try {
    parseRules(input);
    return [];
  } catch (error) {
    if (!(error instanceof CommslogError)) throw error;
    assert.is(error.code, 'RULES_INVALID');
    return error.fields.map(({ pointer }) => pointer);
  }
}

test('have a default for everything but the country', () => {
  assert.equal(parseRules({}), defaultRules(null));
  assert.is(defaultRules('GR').country, 'GR');
});

test('name what is wrong in them', () => {
  assert.equal(problems({ country: 'Greece' }), ['#/country']);
  assert.equal(problems({ countri: 'GR' }), ['#']);
  assert.equal(problems({ extension_patterns: ['XXX', '(a+)+$'] }), ['#/extension_patterns/1']);
  assert.equal(problems({ pbx: { branch: { trunk_names: [7] } } }), ['#/pbx/branch/trunk_names/0']);
  assert.equal(problems({ pbx: { Branch: {} } }), ['#/pbx/Branch']);
  assert.equal(problems('GR'), ['#']);
});

test('stand in one file with settings that decide no row and are no part of the derivation', () => {
  const { rules, settings } = parseRulesFile({ country: 'GR', note_removal: 'everyone' });
  assert.equal(settings, { ...DEFAULT_SETTINGS, note_removal: 'everyone' });
  assert.equal(rules, parseRules({ country: 'GR' }));
  assert.is(derivationOf(rules), derivationOf(parseRulesFile({ country: 'GR' }).rules));
  assert.equal(parseRulesFile({}).settings, DEFAULT_SETTINGS);
  for (const wrong of [
    { note_removal: 'nobody' },
    { note_remover: 'author' },
    { pbx: { main: { note_removal: 'author' } } },
  ]) {
    assert.throws(
      () => parseRulesFile(wrong),
      (error: unknown) => error instanceof CommslogError && error.code === 'RULES_INVALID',
    );
  }
});

test('can be others for one PBX', () => {
  const rules = parseRules({ country: 'GR', pbx: { branch: { country: 'CY', log_internal: true } } });
  const { country, log_internal, matching } = rulesFor(rules, 'branch');
  assert.equal([country, log_internal, matching], ['CY', true, rules.matching]);
  assert.is(rulesFor(rules, 'pbx').country, 'GR');
  assert.is(rulesFor(rules, 'constructor').country, 'GR');
});

test('know contexts and names by globs, digits by Asterisk’s patterns', () => {
  assert.ok(matchesGlob('from-trunk-*', 'from-trunk-pjsip-voip-gr'));
  assert.not(matchesGlob('from-trunk-*', 'from-trunk'));
  assert.ok(matchesGlob('*voice*mail*', 'my-voice-and-mail-box'));
  assert.not(matchesGlob('a*a', 'a'));
  assert.ok(matchesDigits('2[1-3]X', '229'));
  assert.not(matchesDigits('2[1-3]X', '249'));
  assert.ok(matchesDigits('9NX.', '9312'));
  assert.not(matchesDigits('9NX.', '931'));
});

test('cannot hang the program', () => {
  const glob = `${'*a'.repeat(40)}`;
  assert.not(matchesGlob(glob, `${'a'.repeat(50_000)}b`));
});

test('have a derivation that changes with them, whatever the order of their keys', () => {
  const derivation = derivationOf(parseRules({ country: 'GR', log_internal: true }));
  assert.match(derivation, new RegExp(`^${DERIVATION_VERSION}-[0-9a-f]{12}$`));
  assert.is(derivationOf(parseRules({ log_internal: true, country: 'GR' })), derivation);
  assert.is.not(derivationOf(parseRules({ country: 'GR' })), derivation);
});

test('that an earlier release stored, before they named queues and menus, are those of today with their defaults', () => {
  const { queue_contexts, menu_contexts, announcement_contexts, ...stored } = parseRules({ country: 'GR' });
  assert.equal(
    [queue_contexts, menu_contexts, announcement_contexts],
    [['ext-queues'], ['ivr-*'], ['app-announcement-*']],
  );
  assert.equal(parseStoredRules(stored), parseRules({ country: 'GR' }));
  assert.is(derivationOf(parseStoredRules(stored)), derivationOf(parseRules({ country: 'GR' })));
});

test.run();
