import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../../retry.ts';
import { runningEmbeddedPostgres } from './access.ts';
import { refuseWhileServed } from './serveLock.ts';

const STOP_TIMEOUT_MS = 20_000;
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
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (postmasterPid(cluster) !== null && Date.now() < deadline) await pause(POLL_MS);
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
