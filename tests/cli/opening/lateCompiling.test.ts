import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';

const test = suite('compiling late');

test('is understood by the Node that runs: V8 complains of a flag that it does not know', () => {
  const module = fileURLToPath(new URL('../../../src/cli/opening/lateCompiling.ts', import.meta.url));
  const script = `(await import(${JSON.stringify(module)})).compileLate()`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal([status, stderr], [0, '']);
});

test.run();
