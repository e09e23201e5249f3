import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import { startServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

/** As `ps` shows it: the servers of PostgreSQL that belong to this one, itself among them; who has ended is no more. */
function serversOf(postmaster: number): { readonly pid: number; readonly does: string }[] {
  const shown = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
  return shown.split('\n').flatMap((line) => {
    const [, pid, parent, state = '', does = ''] = /^ *(\d+) +(\d+) +(\S+) +(.*)$/.exec(line) ?? [];
    const isOne = [Number(pid), Number(parent)].includes(postmaster) && !state.startsWith('Z');
    return isOne ? [{ pid: Number(pid), does }] : [];
  });
}

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

test('ends a PostgreSQL that does not obey as soon as it is told the second time, and leaves none behind', () =>
  inTemporaryFolder(async (folder) => {
    const served = await startServe({ DATA_DIR: folder, DEMO: 'off', HTTP_PORT: '0' });
    const postmaster = Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    const frozen = serversOf(postmaster).find(({ does }) => does.includes('checkpointer'));
    assert.ok(frozen);
    // a fast shutdown waits for it
    process.kill(frozen.pid, 'SIGSTOP');
    const isOver = () => {
      served.process.kill('SIGINT');
      return served.process.exitCode !== null;
    };
    await eventually('the second wish is heard', isOver, 60_000);
    assert.is(await served.ended, 130, served.stderr());
    assert.equal(serversOf(postmaster), []);
    assert.throws(() => process.kill(frozen.pid, 0), /ESRCH/);
  }));

test.run();
