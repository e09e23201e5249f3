import { chownSync, mkdirSync, readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { dangerOf, makeDataFolder } from '../src/dataFolder.ts';
import { hasCode } from '../src/errors.ts';
import { command } from './support/program.ts';
import { suite } from './support/suite.ts';
import { inTemporaryFolder } from './support/temporaryFolder.ts';
import { canMount, onTmpfs } from './support/tmpfs.ts';

const test = suite('the data folder', { deadlineMs: 60_000 });
const NOBODY = 65_534;

function refusalOf(folder: string): string {
  try {
    makeDataFolder(folder);
  } catch (error) {
    if (hasCode(error, 'DATA_DIR_UNUSABLE')) return error.message;
    throw error;
  }
  return 'nothing was refused';
}

test('is made, tried, and left empty', () =>
  inTemporaryFolder((folder) => {
    const data = join(folder, 'a', 'b');
    makeDataFolder(data);
    assert.equal(readdirSync(data), []);
  }));

test('is named by serve, with what to do, when it cannot be made', () =>
  inTemporaryFolder(async (folder) => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const data = join(file, 'data');
    const own = { DEMO: 'off', DATA_DIR: data };
    for (const settings of [own, { ...own, DATABASE_URL: 'postgres://127.0.0.1:1/none' }]) {
      const ended = await command(['serve'], settings);
      assert.is(ended.status, 1);
      assert.match(ended.stderr, `commslog: ${data} is no folder, or leads through a file. Move the file away`);
      assert.match(ended.stderr, '[DATA_DIR_UNUSABLE]');
    }
  }));

test('says so when its way leads nowhere, instead of trying for ever', () =>
  inTemporaryFolder((folder) => {
    const link = join(folder, 'link');
    symlinkSync(join(folder, 'not', 'mounted'), link);
    const circle = join(folder, 'circle');
    symlinkSync(circle, circle);
    for (const data of [link, join(link, 'demo'), join(circle, 'demo'), '/proc/commslog']) {
      if (data.startsWith('/proc') && process.platform !== 'linux') continue;
      assert.match(refusalOf(data), /^\/.* leads nowhere: .* Mount what is missing, or choose another DATA_DIR\.$/);
    }
  }));

test('takes no folder that is a link for ours, and writes through none', () =>
  inTemporaryFolder((folder) => {
    const data = join(folder, 'data');
    mkdirSync(data);
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'of somebody');
    symlinkSync(victim, join(data, `trial.${process.pid}`));
    makeDataFolder(data);
    assert.is(readFileSync(victim, 'utf8'), 'of somebody');
    for (const name of ['journal', 'refused', 'imports']) {
      const link = join(data, name);
      symlinkSync(folder, link);
      assert.is(refusalOf(data), `${link} is a link. Put the folder there.`);
      unlinkSync(link);
    }
    mkdirSync(join(data, 'journal'));
    symlinkSync(folder, join(data, 'journal', 'pbx'));
    assert.match(refusalOf(data), 'journal/pbx is a link');
  }));

if (process.geteuid?.() === 0) {
  test('is refused, with what to do on one line, when it or a folder in it belongs to another user', () =>
    inTemporaryFolder(async (folder) => {
      const data = join(folder, 'data');
      const journal = join(data, 'journal');
      mkdirSync(journal, { recursive: true });
      chownSync(journal, NOBODY, NOBODY);
      assert.match(refusalOf(data), `${journal} belongs to user ${NOBODY}, and this is user 0. Run as that user`);
      chownSync(data, NOBODY, NOBODY);
      const ended = await command(['serve'], { DEMO: 'off', DATA_DIR: data });
      const said = `commslog: ${data} belongs to user ${NOBODY}, and this is user 0. Run as that user, or choose another DATA_DIR. [DATA_DIR_UNUSABLE]`;
      assert.equal([ended.status, ended.stderr.trim()], [1, said]);
    }));
} else {
  test.skip('is refused when it belongs to another user (only root can give one away)', () => {});
}

if (canMount()) {
  test('is refused on a disk that is full or read-only, and warned of where it is in memory', async () => {
    await onTmpfs('size=32k', (folder) => assert.match(refusalOf(folder), `The disk of ${folder} is full. Make room`));
    await onTmpfs('ro', (folder) => assert.match(refusalOf(folder), 'is mounted read-only'));
    await onTmpfs('size=1m', (folder) => {
      assert.is(refusalOf(folder), 'nothing was refused');
      assert.match(String(dangerOf(folder)), 'is on tmpfs, which is in memory');
    });
  });
} else {
  test.skip('is refused on a full or read-only disk (a file system can only be mounted by root)', () => {});
}

test.run();
