import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';

const test = suite('the log of the program');
const logger = fileURLToPath(new URL('../../../src/cli/opening/logger.ts', import.meta.url));
const HOSTILE = '\u001b]0;x\u0007\u009b31m\u202e\n{"level":"fatal"}';

test('is one line of JSON for each that is written, with nothing in it that steers a terminal, and says the same', () => {
  const script = `
    const { createLogger } = await import(${JSON.stringify(logger)});
    const hostile = ${JSON.stringify(HOSTILE)};
    createLogger('info').child({ sub: hostile }).info({ [hostile]: [hostile] }, hostile);
  `;
  const { stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  assert.match(stderr, /^(?:(?!\p{Cc}|\p{Cf}).)+\n$/u);
  const { sub, msg, [HOSTILE]: listed } = JSON.parse(stderr);
  assert.equal([sub, msg, listed], [HOSTILE, HOSTILE, [HOSTILE]]);
});

test.run();
