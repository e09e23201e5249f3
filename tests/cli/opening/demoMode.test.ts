import * as assert from 'uvu/assert';
import { countryOf } from '../../../src/cli/opening/demoMode.ts';
import { proposedRules } from '../../../src/cli/opening/rulesFile.ts';
import { loadConfig } from '../../../src/config.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the country of an installation');

test('is that of the demo where nothing is configured, for every command as for serve', () => {
  const demo = loadConfig({ RULES_FILE: '/nowhere/rules.json' });
  assert.is(proposedRules(demo).rules.country, 'GR');
  assert.is(proposedRules({ ...demo, COUNTRY: 'DE' }).rules.country, 'DE');
});

test('is none where nobody has said it and the demo does not run', () => {
  for (const own of [{ DEMO: 'off' }, { DATABASE_URL: 'postgres://db.example.org/commslog' }]) {
    assert.is(countryOf(loadConfig(own)), null);
  }
});

test.run();
