import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { findBinaries, majorOf } from '../../../src/adapters/postgres/binaries.ts';
import { keepLeases, runningEmbeddedPostgres, startEmbeddedPostgres } from '../../../src/adapters/postgres/index.ts';
import { hasCode } from '../../../src/errors.ts';
import { eventually } from '../../support/eventually.ts';
import { logLines } from '../../support/logLines.ts';
import { suite } from '../../support/suite.ts';
import { canMount, onTmpfs, remount } from '../../support/tmpfs.ts';
import { inFolder, query } from './inFolder.ts';

const test = suite('the embedded PostgreSQL', { deadlineMs: 60_000 });
const FAST = { settings: ['fsync=off'] };
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const worker = fileURLToPath(new URL('startAndStop.ts', import.meta.url));

test('keeps its data through a stop and a second start, under the same password', () =>
  inFolder(async (data) => {
    const first = await startEmbeddedPostgres(data, FAST);
    await query(first.url, 'create table kept as select 42 as n');
    await first.stop();
    assert.is(await runningEmbeddedPostgres(data), null);
    const second = await startEmbeddedPostgres(data, FAST);
    assert.equal(await query(second.url, 'select n from kept'), [{ n: 42 }]);
    assert.is(await runningEmbeddedPostgres(data), second.url);
    await second.stop();
  }));

test('tells how to reach it in a file that only its owner reads', () =>
  inFolder(async (data) => {
    const server = await startEmbeddedPostgres(data, FAST);
    assert.is(statSync(join(data, 'postgres.json')).mode & 0o777, 0o600);
    await server.stop();
  }));

test('refuses a second serve on the same data', () =>
  inFolder(async (data) => {
    const server = await startEmbeddedPostgres(data, FAST);
    const own = { id: randomUUID(), name: 'first' };
    const leases = keepLeases(server.url, { server: own, logger: logLines().logger });
    await leases.asked;
    let refused: unknown;
    await startEmbeddedPostgres(data, FAST).catch((error: unknown) => {
      refused = error;
    });
    assert.ok(hasCode(refused, 'DATA_DIR_IN_USE'));
    await leases.close();
    await server.stop();
  }));

test('ends the server that a killed process left behind, and starts with its data', () =>
  inFolder(async (data) => {
    const child = spawn(process.execPath, ['--import', 'tsx', worker, data, 'stay'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const orphan = await runningEmbeddedPostgres(data);
    assert.ok(orphan);
    const server = await startEmbeddedPostgres(data, FAST);
    assert.equal(await query(server.url, 'select n from written'), [{ n: 1 }]);
    await server.stop();
  }));

test('is stopped by a process that ends without having stopped it', () =>
  inFolder(async (data) => {
    const left = spawnSync(process.execPath, ['--import', 'tsx', worker, data, 'leave'], { encoding: 'utf8' });
    assert.is(left.status, 130, left.stderr);
    await eventually('it has ended', () => !existsSync(join(data, 'postgres', 'postmaster.pid')));
    await (await startEmbeddedPostgres(data, FAST)).stop();
  }));

test('begins anew when the first start was killed before its data was whole', () =>
  inFolder(async (data) => {
    const child = spawn(process.execPath, ['--import', 'tsx', worker, data], { stdio: 'inherit' });
    const isBegun = () => existsSync(data) && readdirSync(data).some((name) => name.startsWith('postgres.new-'));
    await eventually('it is being set up', isBegun, 30_000);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    assert.not(existsSync(join(data, 'postgres')));
    // an initdb that outlived its parent may make its folder once more: that goes with a later start
    await eventually('nothing of it is left', async () => {
      await (await startEmbeddedPostgres(data, FAST)).stop();
      return !isBegun();
    });
  }));

test('says so when the file with its password is damaged, and leaves the data alone', () =>
  inFolder(async (data) => {
    await (await startEmbeddedPostgres(data, FAST)).stop();
    const intact = readFileSync(join(data, 'postgres.json'), 'utf8');
    writeFileSync(join(data, 'postgres.json'), intact.slice(0, 9));
    let refused: unknown;
    await startEmbeddedPostgres(data, FAST).catch((error: unknown) => {
      refused = error;
    });
    assert.ok(hasCode(refused, 'CONFIG_INVALID'));
    writeFileSync(join(data, 'postgres.json'), intact);
    await (await startEmbeddedPostgres(data, FAST)).stop();
  }));

if (isRoot) {
  test('runs for root below a folder that no other user may enter', () =>
    inFolder(async (data) => {
      const closed = join(data, '..', 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const server = await startEmbeddedPostgres(join(closed, 'data'), FAST);
      assert.equal(await query(server.url, 'select 1 as n'), [{ n: 1 }]);
      assert.not.equal(statSync(join(closed, 'data', 'postgres')).uid, 0);
      await server.stop();
    }));

  test('does not run for root as whoever has made a folder in the place of the data', () =>
    inFolder(async (data) => {
      const stranger = 4_242;
      mkdirSync(join(data, 'postgres'), { recursive: true });
      writeFileSync(join(data, 'postgres', 'PG_VERSION'), `${majorOf(findBinaries())}\n`);
      chownSync(join(data, 'postgres'), stranger, stranger);
      await (await startEmbeddedPostgres(data, FAST)).stop();
      assert.not.equal(statSync(join(data, 'postgres')).uid, stranger);
    }));

  test('runs for a normal user as that user', () =>
    inFolder(async (data) => {
      mkdirSync(data);
      chownSync(data, NOBODY, NOBODY);
      const result = spawnSync(process.execPath, ['--import', 'tsx', worker, data], {
        uid: NOBODY,
        gid: NOBODY,
        env: { PATH: process.env.PATH, HOME: data, TMPDIR: data },
        encoding: 'utf8',
      });
      assert.is(result.status, 0, result.stderr);
      assert.is(statSync(join(data, 'postgres')).uid, NOBODY);
    }));
} else {
  test('runs for a normal user as that user', () =>
    inFolder(async (data) => {
      await (await startEmbeddedPostgres(data, FAST)).stop();
      assert.is(statSync(join(data, 'postgres')).uid, process.getuid?.());
    }));
}

if (canMount()) {
  test('names a full disk at the first start, leaves nothing half made, and starts when there is room', () =>
    onTmpfs('size=16m,mode=711', async (data) => {
      const refusal = await startEmbeddedPostgres(data, FAST).catch((error: unknown) => error);
      assert.ok(hasCode(refusal, 'DATA_DIR_UNUSABLE'), String(refusal));
      assert.is(refusal.message, `The disk of ${data} is full. Make room, or choose another DATA_DIR.`);
      remount(data, 'size=200m');
      await (await startEmbeddedPostgres(data, FAST)).stop();
    }));
} else {
  test.skip('names a full disk at the first start (a small file system can only be mounted by root)', () => {});
}

test.run();
