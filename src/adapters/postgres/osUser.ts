import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CommslogError } from '../../errors.ts';

/** As whom PostgreSQL runs: itself refuses to be root. `wrap` is put in front of its command line. */
export type OsUser = {
  readonly ids: { readonly uid: number; readonly gid: number } | null;
  readonly wrap: readonly string[];
};

const NOBODY = 65_534;

/**
 * A normal user runs PostgreSQL as itself. Root hands it to the owner of the data, if the data `isOurs` (else anybody may
 * have made that folder), else to the user `postgres`, else to nobody. Where such a user may not walk to the programs or
 * the data (a checkout below a folder of mode 0700), it gets the one capability for that, `dac_read_search`, by setpriv;
 * where that is refused too, the error names the folder.
 */
export function chooseOsUser(dataDir: string, isOurs: boolean, programs: readonly string[]): OsUser {
  if (process.getuid?.() !== 0) return { ids: null, wrap: [] };
  const ids = (isOurs ? ownerOf(dataDir) : null) ?? accountOf('postgres') ?? { uid: NOBODY, gid: NOBODY };
  const closed = [...programs, dataDir]
    .map((path) => closedFolder(dirname(path), ids))
    .find((folder) => folder !== null);
  if (closed === undefined || closed === null) return { ids, wrap: [] };
  const wrap = [
    'setpriv',
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    '--inh-caps=+dac_read_search',
    '--ambient-caps=+dac_read_search',
  ];
  if (!works(wrap, programs)) {
    throw new CommslogError(
      'DATA_DIR_UNREACHABLE',
      `PostgreSQL may not run as root, and no other user may enter ${closed}. ` +
        `Open it (chmod o+x ${closed}), move the program and DATA_DIR elsewhere, run as a normal user, or set DATABASE_URL.`,
    );
  }
  return { ids, wrap };
}

function ownerOf(folder: string): { uid: number; gid: number } | null {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats === undefined || stats.uid === 0 ? null : { uid: stats.uid, gid: stats.gid };
}

function accountOf(name: string): { uid: number; gid: number } | null {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

/** The first folder on the way to `path` that the user may not enter, or null. */
function closedFolder(path: string, { uid, gid }: { uid: number; gid: number }): string | null {
  const way = [resolve(path)];
  for (let folder = way[0] ?? '/'; folder !== '/'; folder = dirname(folder)) way.unshift(dirname(folder));
  for (const folder of way) {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats === undefined) return null;
    const mayEnter = stats.uid === uid ? 0o100 : stats.gid === gid ? 0o010 : 0o001;
    if ((stats.mode & mayEnter) === 0) return folder;
  }
  return null;
}

function works(wrap: readonly string[], programs: readonly string[]): boolean {
  const [command, ...args] = [...wrap, programs[0] ?? 'true', '--version'];
  try {
    execFileSync(command ?? 'true', args, { cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** How `program` is run as `user`: what to spawn, with which arguments and options. */
export function runAs({ ids, wrap }: OsUser, program: string, programArgs: readonly string[]) {
  const [command = program, ...args] = [...wrap, program, ...programArgs];
  // LC_ALL: the start is recognised by its English message. Nothing else of ours is PostgreSQL's business.
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
  const options = { cwd: '/', env, ...(ids === null || wrap.length > 0 ? {} : ids) };
  return { command, args, options };
}
