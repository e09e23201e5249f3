import * as assert from 'uvu/assert';
import { programName } from '../../../src/cli/opening/programName.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what the program is called');

test('its name where a shell finds it, else its place in its folder', () => {
  const path = '/usr/bin:/usr/local/bin/:/srv/crm/node_modules/.bin';
  assert.is(programName('/usr/local/bin/commslog', path), 'commslog');
  assert.is(programName('/srv/crm/node_modules/.bin/commslog', path), 'npx commslog');
  assert.is(programName('/opt/commslog/bin/commslog', path), 'bin/commslog');
  assert.is(programName('/app/src/cli/main.ts', `${path}:/app/src/cli`), 'bin/commslog');
});

test.run();
