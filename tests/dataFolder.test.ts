import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { dangerOf, makeDataFolder } from '../src/dataFolder.ts';
import { hasCode } from '../src/errors.ts';
import { command } from './support/program.ts';
import { suite } from './support/suite.ts';
import { inTemporaryFolder } from './support/temporaryFolder.ts';
import { canMount, onTmpfs } from './support/tmpfs.ts';

const test = suite('the data folder', { deadlineMs: 60_000 });

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
