import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findBinaries } from '../src/adapters/postgres/binaries.ts';
import { initialise } from '../src/adapters/postgres/cluster.ts';
import { chooseOsUser } from '../src/adapters/postgres/osUser.ts';
import { localSecret } from '../src/cli/opening/secret.ts';
import { makeOwn, writeOwn } from '../src/ownFile.ts';
import { inFolder } from './adapters/postgres/inFolder.ts';
import { suite } from './support/suite.ts';
import { inTemporaryFolder } from './support/temporaryFolder.ts';

const test = suite('a file that is kept for the program itself', { deadlineMs: 60_000 });

/** Runs `work` in a folder where `names` are links to a file of somebody, which has to stay as it is. */
async function besideLinks(folder: string, names: readonly string[], work: () => unknown): Promise<void> {
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'of somebody', { mode: 0o644 });
  const before = lstatSync(victim);
  for (const name of names) symlinkSync(victim, join(folder, name));
  await work();
  const { uid, gid, mode } = lstatSync(victim);
  assert.equal([readFileSync(victim, 'utf8'), uid, gid, mode], ['of somebody', before.uid, before.gid, before.mode]);
}

test('takes the place of a link, and what it led to is neither written nor given away', () =>
  inTemporaryFolder((folder) =>
    besideLinks(folder, ['file', 'file.new'], () => {
      const file = join(folder, 'file');
      writeOwn(file, 'ours', { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
      assert.is(readFileSync(file, 'utf8'), 'ours');
      const stats = lstatSync(file);
      assert.equal([stats.isFile(), stats.mode & 0o777], [true, 0o600]);
      assert.equal(readdirSync(folder).sort(), ['file', 'victim']);
    }),
  ));

test('is made once: whoever comes second leaves it as it is', () =>
  inTemporaryFolder((folder) => {
    const file = join(folder, 'file');
    makeOwn(file, 'first');
    makeOwn(file, 'second');
    assert.is(readFileSync(file, 'utf8'), 'first');
    assert.equal(readdirSync(folder), ['file']);
  }));

test('the secret is never made through a link that leads nowhere', () =>
  inTemporaryFolder((folder) => {
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'secret'));
    assert.throws(() => localSecret(folder, undefined));
    assert.equal(readdirSync(folder), ['secret']);
  }));

test('the password of a new PostgreSQL goes through no link', () =>
  inFolder(async (data) => {
    const folder = join(data, '..');
    await besideLinks(folder, ['initdb.password', 'initdb.password.new', 'initdb.password.tmp'], async () => {
      const binaries = findBinaries();
      const user = chooseOsUser(data, false, [binaries.postgres, binaries.initdb]);
      await initialise(binaries, user, data, 'a password');
    });
  }));

test.run();
