import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('a command that is interrupted', { deadlineMs: 120_000 });
const worker = fileURLToPath(new URL('stayWithDatabase.ts', import.meta.url));

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`by ${signal} leaves no PostgreSQL behind that it has started`, () =>
    inTemporaryFolder(async (folder) => {
      const env = { PATH: process.env.PATH, DATA_DIR: folder, DEMO: 'off' };
      const child = spawn(process.execPath, ['--import', 'tsx', worker], { stdio: ['ignore', 'pipe', 'inherit'], env });
      await once(child.stdout, 'data');
      assert.ok(existsSync(join(folder, 'postgres', 'postmaster.pid')));
      child.kill(signal);
      assert.equal(await once(child, 'exit'), [code, null]);
      assert.not(existsSync(join(folder, 'postgres', 'postmaster.pid')));
    }));
}

test.run();
