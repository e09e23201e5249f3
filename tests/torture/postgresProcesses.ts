import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The embedded PostgreSQL of a DATA_DIR: its first process. */
export function postmasterOf(folder: string): number {
  return Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** All its processes, the first one first. */
export function postgresProcesses(folder: string): readonly number[] {
  const postmaster = postmasterOf(folder);
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === postmaster);
  return [postmaster, ...children.map(Number)];
}

function parentOf(pid: string): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    // it has ended meanwhile
    return null;
  }
}
