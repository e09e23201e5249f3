import * as assert from 'uvu/assert';
import { createDatabase } from '../../support/postgres.ts';
import { command, startServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('a DATA_DIR that another serve uses', { deadlineMs: 120_000 });

test('is refused by its name, although each has a database of its own, until that one is gone, killed or not', () =>
  inTemporaryFolder(async (folder) => {
    const databases = await Promise.all([createDatabase(), createDatabase()]);
    const [first, second] = databases.map(({ url }) => ({ DATA_DIR: folder, DATABASE_URL: url, HTTP_PORT: '0' }));
    const served = await startServe(first ?? {});
    const refused = await command(['serve'], second ?? {});
    assert.is(refused.status, 1);
    assert.match(refused.stderr, `Another process uses DATA_DIR (${folder})`);
    assert.match(refused.stderr, 'DATA_DIR_IN_USE');
    await served.stop('SIGKILL');
    const next = await startServe(second ?? {});
    assert.is(await next.stop(), 0, next.stderr());
    await Promise.all(databases.map(({ drop }) => drop()));
  }));

test.run();
