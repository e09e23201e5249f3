import * as assert from 'uvu/assert';
import { command } from '../support/program.ts';
import { suite } from '../support/suite.ts';

const test = suite('commslog token');

for (const sub of ['https://id.example#7', '', 'x'.repeat(201), 'agent\u202e1']) {
  test(`gives none to ${JSON.stringify(sub).slice(0, 24)}: it could be taken for another subject, or not be told at all`, async () => {
    const { status, stdout, stderr } = await command(['token', '--role', 'agent', '--sub', sub], { DEMO: 'off' });
    assert.equal([status, stdout], [1, '']);
    assert.match(stderr, '--sub must be 1 to 200 characters that can be seen, without a #');
    assert.match(stderr, 'CONFIG_INVALID');
  });
}

test.run();
