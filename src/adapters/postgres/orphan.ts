import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../../retry.ts';
import { runningEmbeddedPostgres } from './access.ts';
import { endServer } from './ending.ts';
import { refuseWhileServed } from './serveLock.ts';

const POLL_MS = 50;

/**
 * A server that still runs on the data belongs to a living `serve` (refused) or to one that was killed (ended).
 * Errors: `DATA_DIR_IN_USE`.
 */
export async function endOrphan(folder: string, cluster: string): Promise<void> {
  const pid = postmasterPid(cluster);
  if (pid === null) return;
  const url = await runningEmbeddedPostgres(folder);
  if (url !== null) await refuseWhileServed(url);
  await endServer({ send: (signal) => send(pid, signal), endsWithin: (ms) => endsWithin(cluster, ms) });
}

async function endsWithin(cluster: string, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (postmasterPid(cluster) !== null && performance.now() < deadline) await pause(POLL_MS);
  return postmasterPid(cluster) === null;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // it has ended meanwhile
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function postmasterPid(cluster: string): number | null {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 && isPostgres(pid) ? pid : null;
}

/** After a reboot another program may have the number. */
function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return existsSync(commandLine) ? readFileSync(commandLine, 'latin1').includes('postgres') : true;
}
