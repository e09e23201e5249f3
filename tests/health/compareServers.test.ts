import * as assert from 'uvu/assert';
import { differencesOf } from '../../src/health/compareServers.ts';
import type { ServerSeen } from '../../src/ports/servers.ts';
import { suite } from '../support/suite.ts';
import { SELF, serverSeen } from './support.ts';

const test = suite('what differs between servers that should be alike');

/** What is said of a and of b, which is as a but for this. */
const said = (own: Partial<ServerSeen>) =>
  differencesOf([serverSeen(), serverSeen({ id: 'b-id', name: 'b', ...own })]).map(({ what }) => what);
const withPrint = (what: string) => said({ fingerprints: { ...SELF.fingerprints, [what]: 'another' } });

test('nothing is said of servers that are set up alike', () => {
  assert.equal(said({}), []);
  assert.equal(differencesOf([serverSeen()]), []);
});

test('each setting that differs is named, with who has it otherwise and what to do', () => {
  assert.match(withPrint('log')[0] ?? '', 'their logs differ (a / b)');
  assert.match(withPrint('rules')[0] ?? '', 'their rules differ (a / b)');
  assert.match(withPrint('settings')[0] ?? '', 'the settings of their rules differ (a / b)');
  assert.match(withPrint('public_url')[0] ?? '', 'different addresses (a / b)');
  assert.match(withPrint('pbx main')[0] ?? '', 'PBX main is reached in different ways (a / b)');
  assert.equal(said({ program: '1.3.0' }), ['their programs differ (1.2.3: a / 1.3.0: b)']);
  for (const { advice } of differencesOf([serverSeen(), serverSeen({ name: 'b', program: '2', fingerprints: {} })])) {
    assert.ok(advice.length > 10);
  }
});

test('of servers with different secrets nothing more is compared, because the secret is the key', () => {
  const fingerprints = { secret: 'x', log: 'x', rules: 'x', public_url: 'x', 'pbx main': 'x' };
  assert.equal(said({ fingerprints }), [
    'their secrets differ, so that a token or link of one is nothing to the others (a / b)',
  ]);
});

test('one that only answers HTTP needs neither rules nor PBXs', () => {
  const { secret = '', log = '', public_url = '' } = SELF.fingerprints;
  assert.equal(said({ does: { pbxs: [], projects: false }, fingerprints: { secret, log, public_url } }), []);
});

test('a PBX that not all who listen know is named, because nobody else could take it over', () => {
  assert.equal(said({ does: { pbxs: ['main', 'second'], projects: true } }), ['PBX second is not configured at a']);
});

test('two servers of one name are told of', () => {
  assert.equal(said({ name: 'a' }), ['several servers are called a']);
});

test('clocks that differ by more than two seconds are told of, by how much and whose', () => {
  assert.equal(said({ clockOffsetMs: 2_000 }), []);
  assert.equal(said({ clockOffsetMs: -2_100 }), ['the clock of a is 2.1 s ahead of that of b']);
  assert.equal(said({ clockOffsetMs: null }), []);
});

test.run();
