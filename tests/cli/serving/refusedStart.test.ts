import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/index.ts';
import { createDatabase } from '../../support/postgres.ts';
import { command } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('a start that needs a person', { deadlineMs: 120_000 });
const { url, drop } = await createDatabase();
test.after(drop);

/** What `serve` says on its last line, after which it ends with 1; nowhere is there a stack. */
async function refusalOf(settings: Readonly<Record<string, string>>): Promise<string> {
  const { status, stdout, stderr } = await command(['serve'], { DEMO: 'off', HTTP_PORT: '0', ...settings });
  assert.is(status, 1, stderr);
  assert.is(stdout, '');
  assert.not.match(stderr, /^\s+at /m);
  const lines = stderr.trim().split('\n');
  // the log before it is JSON
  for (const line of lines.slice(0, -1)) assert.type(JSON.parse(line), 'object');
  return lines.at(-1) ?? '';
}

test('says in one line that PostgreSQL does not take the password, or has no such database, and names its code', () =>
  inTemporaryFolder(async (folder) => {
    const wrong = new URL(url);
    wrong.password = 'hunter2';
    const refused = () => refusalOf({ DATA_DIR: folder, DATABASE_URL: wrong.href });
    // the log and the read model ask side by side
    const codes = '\\[(?:LOG_ACCESS_DENIED|DATABASE_REFUSED)\\]$';
    assert.match(await refused(), new RegExp(`^commslog: PostgreSQL refuses .*\\(PostgreSQL 28P01\\) ${codes}`));
    wrong.href = url;
    wrong.pathname = '/nowhere';
    assert.match(await refused(), new RegExp(`^commslog: PostgreSQL refuses .*\\(PostgreSQL 3D000\\) ${codes}`));
  }));

test('says where it cannot listen', () =>
  inTemporaryFolder(async (folder) => {
    const said = await refusalOf({ DATA_DIR: folder, DATABASE_URL: url, HTTP_HOST: '192.0.2.1' });
    assert.match(
      said,
      'HTTP_HOST, HTTP_PORT: the program cannot listen on 192.0.2.1, port 0 (EADDRNOTAVAIL). [CONFIG_INVALID]',
    );
  }));

test('says what PostgreSQL does not start by', () =>
  inTemporaryFolder(async (folder) => {
    chmodSync(folder, 0o711);
    await (await startEmbeddedPostgres(folder, { settings: ['fsync=off'] })).stop();
    const conf = join(folder, 'postgres', 'postgresql.conf');
    const before = readFileSync(conf, 'utf8');
    writeFileSync(conf, `${before}\nno_such_setting = on\n`);
    assert.match(
      await refusalOf({ DATA_DIR: folder }),
      /^commslog: PostgreSQL did not start: .* \[DATABASE_REFUSED\]$/,
    );
    writeFileSync(join(folder, 'postgres.json'), '{}', { mode: 0o600 });
    assert.match(await refusalOf({ DATA_DIR: folder }), /postgres\.json is damaged.* \[CONFIG_INVALID\]$/);
    chmodSync(join(folder, 'postgres.json'), 0o644);
    assert.match(await refusalOf({ DATA_DIR: folder }), /may be read by others; run: chmod 600 .* \[CONFIG_INVALID\]$/);
  }));

test('says what stands in the way of its files', () =>
  inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'journal'), 'no folder');
    const pbx = { AMI_HOST: '127.0.0.1', AMI_PORT: '1', AMI_USERNAME: 'crm', AMI_PASSWORD: 'secret' };
    const said = await refusalOf({ DATA_DIR: folder, DATABASE_URL: url, ...pbx });
    assert.match(said, /^commslog: .*journal.* is no folder, or leads through a file.* \[DATA_DIR_UNUSABLE\]$/);
  }));

test.run();
