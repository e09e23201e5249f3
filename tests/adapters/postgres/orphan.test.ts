import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/index.ts';
import { endOrphan } from '../../../src/adapters/postgres/orphan.ts';
import { hasCode } from '../../../src/errors.ts';
import { suite } from '../../support/suite.ts';
import { inFolder, query } from './inFolder.ts';

const test = suite('a postmaster.pid that was left behind', { deadlineMs: 120_000 });
const FAST = { settings: ['fsync=off'] };
const now = () => Math.floor(Date.now() / 1000);

type Claim = { readonly pid: number | undefined; readonly startedAt?: number };

/** Writes what PostgreSQL writes: its number, its data, the second of its start. */
function leave(data: string, { pid, startedAt = now() }: Claim): string {
  const cluster = join(data, 'postgres');
  mkdirSync(cluster, { recursive: true });
  writeFileSync(
    join(cluster, 'postmaster.pid'),
    `${[pid, cluster, startedAt, 5432, '', '127.0.0.1', '', 'ready'].join('\n')}\n`,
  );
  return cluster;
}

function lives({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function endIt(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('does not let a process be killed that has its number by now, however it calls itself; the data is started', () =>
  inFolder(async (data) => {
    await (await startEmbeddedPostgres(data, FAST)).stop();
    const waiting = ['-e', 'setInterval(() => {}, 1000)', 'postgres', '-D', join(data, 'postgres')];
    for (const itself of [{}, { cwd: join(data, 'postgres'), argv0: 'postgres' }]) {
      const other = spawn(process.execPath, waiting, { stdio: 'ignore', ...itself });
      await once(other, 'spawn');
      leave(data, { pid: other.pid });
      await (await startEmbeddedPostgres(data, FAST)).stop();
      assert.ok(lives(other));
      await endIt(other);
    }
  }));

test('does not let the PostgreSQL of another folder be killed that has its number by now', () =>
  inFolder((data) =>
    inFolder(async (elsewhere) => {
      const other = await startEmbeddedPostgres(elsewhere, FAST);
      const [pid] = readFileSync(join(elsewhere, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
      const cluster = leave(data, { pid: Number(pid) });
      await endOrphan(data, cluster);
      assert.not(existsSync(join(cluster, 'postmaster.pid')));
      assert.equal(await query(other.url, 'select 1 as n'), [{ n: 1 }]);
      await other.stop();
    }),
  ));

if (existsSync('/proc/self/exe')) {
  test('names a PostgreSQL on the data that was not started when the file says, and leaves it alone', () =>
    inFolder(async (data) => {
      const program = join(data, 'postgres');
      const cluster = leave(join(data, 'data'), { pid: undefined });
      copyFileSync(process.execPath, program);
      const other = spawn(program, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', cwd: cluster });
      await once(other, 'spawn');
      leave(join(data, 'data'), { pid: other.pid, startedAt: now() - 3_600 });
      const refusal = await endOrphan(join(data, 'data'), cluster).catch((error: unknown) => error);
      assert.ok(hasCode(refusal, 'DATA_DIR_IN_USE'), String(refusal));
      assert.match(refusal.message, `(process ${other.pid}) runs on ${cluster}`);
      assert.ok(lives(other) && existsSync(join(cluster, 'postmaster.pid')));

      leave(join(data, 'data'), { pid: other.pid });
      const ended = once(other, 'exit');
      await endOrphan(join(data, 'data'), cluster);
      await ended;
    }));
}

test('is left to PostgreSQL where nobody has its number, or where it says none', () =>
  inFolder(async (data) => {
    const gone = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    await once(gone, 'exit');
    for (const pid of [gone.pid, undefined]) {
      const cluster = leave(data, { pid });
      await endOrphan(data, cluster);
      assert.ok(existsSync(join(cluster, 'postmaster.pid')));
    }
  }));

test.run();
