import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { startServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('a serve that is told twice to stop', { deadlineMs: 120_000 });

test('takes signals a moment apart for one wish, and leaves no PostgreSQL behind', () =>
  inTemporaryFolder(async (folder) => {
    const served = await startServe({ DATA_DIR: folder, DEMO: 'off', HTTP_PORT: '0' });
    assert.ok(existsSync(join(folder, 'postgres', 'postmaster.pid')));
    const ended = served.stop('SIGTERM');
    served.process.kill('SIGTERM');
    assert.is(await ended, 0, served.stderr());
    assert.not(existsSync(join(folder, 'postgres', 'postmaster.pid')));
  }));

test.run();
