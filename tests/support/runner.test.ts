import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from './suite.ts';

const test = suite('the test runner', { deadlineMs: 60_000 });
const root = fileURLToPath(new URL('../..', import.meta.url));

function run(...files: string[]): { status: number | null; output: string; last: string } {
  const result = spawnSync(process.execPath, ['--import', 'tsx', 'tests/run.ts', ...files], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, TEST_FILE_DEADLINE_MS: '10000' },
  });
  const output = result.stdout + result.stderr;
  return { status: result.status, output, last: output.trim().split('\n').at(-1) ?? '' };
}

test('fails when no file matches', () => {
  const { status, last } = run('no-such-test');
  assert.is(status, 1);
  assert.is(last, '0 passed, 1 failed, 0 skipped');
});

test('fails a test that hangs, by its name, and goes on', () => {
  const { status, output, last } = run('tests/fixtures/runner/hangs.ts');
  assert.is(status, 1);
  assert.match(output, 'hung: "a suite: waits for what never comes"');
  assert.is(last, '1 passed, 1 failed, 0 skipped');
});

test('fails where a test passes and what comes after it does not', () => {
  const { status, last } = run('tests/fixtures/runner/clearsUpBadly.ts');
  assert.is(status, 1);
  assert.is(last, '1 passed, 1 failed, 0 skipped');
});

test('fails on a blocked event loop, a leaked handle, a file without tests and one that ends its process', () => {
  const { status, output, last } = run(
    ...['blocks', 'leaks', 'empty', 'dies'].map((name) => `tests/fixtures/runner/${name}.ts`),
  );
  assert.is(status, 1);
  assert.match(output, 'BROKEN tests/fixtures/runner/blocks.ts: hung in "a suite: never gives the event loop back"');
  assert.match(output, 'BROKEN tests/fixtures/runner/leaks.ts: leaked handles: TCPServerWrap');
  assert.match(output, 'BROKEN tests/fixtures/runner/empty.ts: no test in the file');
  assert.match(output, 'BROKEN tests/fixtures/runner/dies.ts: ended before its tests did');
  assert.is(last, '1 passed, 4 failed, 0 skipped');
});

test.run();
