import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import {
  keepEmbeddedPostgres,
  runningEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/adapters/postgres/index.ts';
import { type ErrorCode, hasCode } from '../../../src/errors.ts';
import { eventually } from '../../support/eventually.ts';
import { logLines } from '../../support/logLines.ts';
import { suite } from '../../support/suite.ts';
import { canMount, onTmpfs } from '../../support/tmpfs.ts';
import { inFolder, query } from './inFolder.ts';

const test = suite('the embedded PostgreSQL that is watched', { deadlineMs: 120_000 });
const AT_ONCE = { retryMinMs: 10, retryMaxMs: 50, slowMinMs: 10, slowMaxMs: 50 };
const NEVER = { retryMinMs: 3_600_000, retryMaxMs: 3_600_000 };

type Options = Partial<Parameters<typeof keepEmbeddedPostgres>[1]>;

async function keep(data: string, options: Options = {}) {
  const { logger, lines } = logLines();
  const kept = await keepEmbeddedPostgres(data, { logger, settings: ['fsync=off'], timings: AT_ONCE, ...options });
  return { kept, said: () => lines.map((line) => String(JSON.parse(line).msg)) };
}

function kill(data: string, signal: NodeJS.Signals = 'SIGKILL'): void {
  const [pid] = readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), signal);
}

async function assertRefused(work: Promise<unknown>, code: ErrorCode): Promise<unknown> {
  const refusal = await work.catch((error: unknown) => error);
  assert.ok(hasCode(refusal, code), String(refusal));
  return refusal;
}

test('is started again when it was killed, on the same port, under the same password, with all that was committed', () =>
  inFolder(async (data) => {
    const { kept, said } = await keep(data);
    await query(kept.url, 'create table kept as select 42 as n');
    for (let times = 1; times <= 2; times += 1) {
      kill(data);
      await eventually('it runs again', () => kept.restarts() === times);
      assert.equal(await query(kept.url, 'select n from kept'), [{ n: 42 }]);
      assert.is(await runningEmbeddedPostgres(data), kept.url);
    }
    await kept.stop();
    assert.equal(
      said().map((line) => line.replace(/;.*/, '')),
      [1, 2].flatMap(() => [
        'the embedded PostgreSQL was ended (SIGKILL) and is being started again',
        'the embedded PostgreSQL runs again',
      ]),
    );
  }));

test('is ended and started again when it does not answer any more, though its process lives', () =>
  inFolder(async (data) => {
    const { kept, said } = await keep(data, { timings: { ...AT_ONCE, askEveryMs: 20, answerMs: 3_000 } });
    await query(kept.url, 'create table kept as select 42 as n');
    kill(data, 'SIGSTOP');
    await eventually('it runs again', () => kept.restarts() === 1, 30_000);
    assert.equal(await query(kept.url, 'select n from kept'), [{ n: 42 }]);
    await kept.stop();
    assert.equal(
      said().map((line) => line.replace(/;.*/, '')),
      [
        'the embedded PostgreSQL does not answer any more: it is being ended',
        'the embedded PostgreSQL was ended (no answer) and is being started again',
        'the embedded PostgreSQL runs again',
      ],
    );
  }));

test('is stopped also when it is frozen', () =>
  inFolder(async (data) => {
    const { kept } = await keep(data);
    kill(data, 'SIGSTOP');
    await kept.stop();
    assert.not(existsSync(join(data, 'postgres', 'postmaster.pid')));
  }));

test('is not taken for killed when it is stopped', () =>
  inFolder(async (data) => {
    const { kept, said } = await keep(data);
    await kept.stop();
    assert.is(await runningEmbeddedPostgres(data), null);
    assert.equal([said(), kept.restarts(), kept.state()], [[], 0, { state: 'running' }]);
  }));

test('is stopped while it waits to be started again, and while it is being started', () =>
  inFolder(async (data) => {
    const waiting = await keep(data, { timings: NEVER });
    kill(data);
    await eventually('it has ended', () => waiting.kept.state().state === 'ended');
    await waiting.kept.stop();
    assert.is(await runningEmbeddedPostgres(data), null);

    const starting = await keep(data);
    kill(data);
    const pidFile = join(data, 'postgres', 'postmaster.pid');
    const killed = readFileSync(pidFile, 'utf8');
    await eventually('it starts', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== killed);
    await starting.kept.stop();
    assert.is(await runningEmbeddedPostgres(data), null);
    await (await keep(data)).kept.stop();
  }));

test('is started by nobody else meanwhile: a command is told to wait, a second serve is refused', () =>
  inFolder(async (data) => {
    const { kept } = await keep(data, { timings: NEVER });
    kill(data);
    await eventually('it has ended', () => kept.state().state === 'ended');
    await assertRefused(startEmbeddedPostgres(data), 'DATABASE_UNAVAILABLE');
    await assertRefused(keep(data), 'DATA_DIR_IN_USE');
    await kept.stop();
    await (await startEmbeddedPostgres(data)).stop();
  }));

test('is given up when its data is gone, and nothing is made in its place, by the next start neither', () =>
  inFolder(async (data) => {
    const { kept, said } = await keep(data);
    renameSync(join(data, 'postgres'), join(data, 'aside'));
    process.kill(Number(readFileSync(join(data, 'aside', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
    await assertRefused(kept.failed, 'POSTGRES_DATA_GONE');
    assert.not(existsSync(join(data, 'postgres')));
    await kept.stop();
    await assertRefused(keep(data), 'POSTGRES_DATA_GONE');
    assert.is(said().filter((line) => line.includes('cannot be started again (POSTGRES_DATA_GONE)')).length, 1);
    renameSync(join(data, 'aside'), join(data, 'postgres'));
    await (await keep(data)).kept.stop();
  }));

test('goes on when its data is back before it is given up', () =>
  inFolder(async (data) => {
    const { kept } = await keep(data, { timings: { ...AT_ONCE, slowMinMs: 1_000, slowMaxMs: 1_000 } });
    await query(kept.url, 'create table kept as select 42 as n');
    renameSync(join(data, 'postgres'), join(data, 'aside'));
    process.kill(Number(readFileSync(join(data, 'aside', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
    await eventually('it fails', () => kept.state().state === 'failing');
    renameSync(join(data, 'aside'), join(data, 'postgres'));
    await eventually('it runs again', () => kept.state().state === 'running');
    assert.equal(await query(kept.url, 'select n from kept'), [{ n: 42 }]);
    await kept.stop();
  }));

test('refuses data of another major version, says which it is, and leaves it as it was', () =>
  inFolder(async (data) => {
    await (await keep(data)).kept.stop();
    const file = join(data, 'postgres', 'PG_VERSION');
    const own = readFileSync(file, 'utf8');
    writeFileSync(file, '17\n');
    for (const start of [keep, startEmbeddedPostgres]) {
      const refusal = await assertRefused(start(data), 'POSTGRES_VERSION_DIFFERS');
      assert.match(String(refusal), 'was written by PostgreSQL 17');
    }
    writeFileSync(file, own);
    await (await keep(data)).kept.stop();
  }));

if (canMount()) {
  test('waits on a full disk, says that a person has to act, and goes on when there is room', () =>
    onTmpfs('size=100m,mode=711', async (data) => {
      const { kept } = await keep(data);
      await query(kept.url, 'create table kept as select 42 as n');
      const filler = join(data, 'filler');
      spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { stdio: 'ignore' });
      await query(kept.url, 'create table more as select generate_series(1, 1000000)').catch(() => undefined);
      kill(data);
      await eventually('it fails', () => kept.state().state === 'failing');
      assert.equal(kept.state(), { state: 'failing', reason: 'PostgreSQL 53100', policy: 'person' });
      rmSync(filler);
      await eventually('it runs again', () => kept.state().state === 'running');
      assert.equal(await query(kept.url, 'select n from kept'), [{ n: 42 }]);
      await kept.stop();
    }));
} else {
  test.skip('waits on a full disk (a small file system can only be mounted by root)', () => {});
}

test.run();
