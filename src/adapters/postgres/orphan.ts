import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CommslogError } from '../../errors.ts';
import { pause } from '../../retry.ts';
import { runningEmbeddedPostgres } from './access.ts';
import { endServer } from './ending.ts';
import { type RunningProcess, runningProcess } from './runningProcess.ts';
import { refuseWhileServed } from './serveLock.ts';

const POLL_MS = 50;
/** PostgreSQL tells its start by its clock, the system counts from the start of the machine. */
const MAX_APART_SECONDS = 10;

/** What the server that wrote `postmaster.pid` said of itself. */
type Claim = { readonly pid: number; readonly startedAt: number };

/**
 * A server that still runs on the data belongs to a living `serve` (refused) or to one that was killed (ended). Its number
 * may be another process's by now: that one is left alone, and the file that names it is taken away.
 * Errors: `DATA_DIR_IN_USE`, also when it cannot be told whose server it is; `DATABASE_UNAVAILABLE` when it does not end.
 */
export async function endOrphan(folder: string, cluster: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const claim = claimIn(file);
  if (claim === null) return;
  const { pid } = claim;
  const found = runningProcess(pid);
  if (found === null || !isOn(cluster, found)) {
    // PostgreSQL looks only at the number, and does not start while any process has it
    if (isTaken(pid)) rmSync(file, { force: true });
    return;
  }
  const url = await runningEmbeddedPostgres(folder);
  if (url !== null) await refuseWhileServed(url);
  if (Math.abs(found.startedAt - claim.startedAt) > MAX_APART_SECONDS) {
    const says = `A PostgreSQL of which nobody knows who started it (process ${pid}) runs on ${cluster}. End it first.`;
    throw new CommslogError('DATA_DIR_IN_USE', says);
  }
  const lives = () => runningProcess(pid)?.startedAt === found.startedAt;
  const send = (signal: NodeJS.Signals) => {
    if (lives()) process.kill(pid, signal);
  };
  if (await endServer({ send, endsWithin: (ms) => endsWithin(lives, ms) })) return;
  const says = `The PostgreSQL that was left behind (process ${pid}) does not end. Look at the disk of DATA_DIR.`;
  throw new CommslogError('DATABASE_UNAVAILABLE', says);
}

function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Its executable is PostgreSQL's, and it works in the folder of the data. */
function isOn(cluster: string, { program, folder }: RunningProcess): boolean {
  return basename(program) === 'postgres' && existsSync(folder) && realpathSync(folder) === realpathSync(cluster);
}

async function endsWithin(lives: () => boolean, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (lives() && performance.now() < deadline) await pause(POLL_MS);
  return !lives();
}

/** Its first line is the number of the process, its third the time of its start. Null: there is none, or it tells neither. */
function claimIn(file: string): Claim | null {
  if (!existsSync(file)) return null;
  const [pid, , startedAt] = readFileSync(file, 'utf8').split('\n').map(Number);
  const isWhole = Number.isInteger(pid) && Number.isInteger(startedAt);
  return isWhole && pid !== undefined && startedAt !== undefined && pid > 1 ? { pid, startedAt } : null;
}
