import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { CommslogError } from './errors.ts';

/** More than what a full disk still takes beside its blocks. */
const TRIAL = Buffer.alloc(64 * 1024);

/**
 * Makes the folder when it is missing, then writes, syncs and renames a file in it: what the journal and everything else
 * there live by. Errors: `DATA_DIR_UNUSABLE`, which names the folder and says what to do.
 */
export function makeDataFolder(folder: string): void {
  try {
    // every secret in it is a file of mode 0600; a PostgreSQL that runs as another user must be able to pass
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    tryFile(folder);
  } catch (error) {
    throw toFolderError(folder, error);
  }
}

function tryFile(folder: string): void {
  const file = join(folder, `trial.${process.pid}`);
  try {
    synced(file, 'w', (handle) => writeFileSync(handle, TRIAL));
    renameSync(file, `${file}.renamed`);
    synced(folder, 'r', () => {});
  } finally {
    for (const name of [file, `${file}.renamed`]) rmSync(name, { force: true });
  }
}

function synced(path: string, flags: 'r' | 'w', work: (handle: number) => void): void {
  const handle = openSync(path, flags, 0o600);
  try {
    work(handle);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Until then a name that was made or changed in the folder may be gone after a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

type Says = (folder: string) => string;

const FULL: Says = (folder) => `The disk of ${folder} is full. Make room, or choose another DATA_DIR.`;
const NOT_OURS: Says = (folder) =>
  `This user (${process.getuid?.()}) may not write into ${folder}. Make it the owner, or choose another DATA_DIR.`;
const NO_FOLDER: Says = (folder) =>
  `${folder} is no folder, or leads through a file. Move the file away, or choose another DATA_DIR.`;
const BROKEN: Says = (folder) =>
  `The disk of ${folder} does not write, or does not sync, what it is given. Mend it, or choose another DATA_DIR.`;

/** By the system's code, or PostgreSQL's own of a full disk. */
const SAYS: ReadonlyMap<unknown, Says> = new Map([
  ['ENOSPC', FULL],
  ['EDQUOT', FULL],
  ['53100', FULL],
  ['EACCES', NOT_OURS],
  ['EPERM', NOT_OURS],
  [
    'EROFS',
    (folder) => `The file system of ${folder} is mounted read-only. Mount it for writing, or choose another DATA_DIR.`,
  ],
  ['ENOTDIR', NO_FOLDER],
  ['EEXIST', NO_FOLDER],
  ['EIO', BROKEN],
  ['EINVAL', BROKEN],
  ['ENOTSUP', BROKEN],
]);

/** The error of a file in the data folder as what somebody has to do; every other is given back as it is. */
export function toFolderError(folder: string, cause: unknown): unknown {
  const says = cause instanceof Error && 'code' in cause ? SAYS.get(cause.code) : undefined;
  return says === undefined ? cause : new CommslogError('DATA_DIR_UNUSABLE', says(folder), { cause });
}

const IN_MEMORY = 'is in memory: all of it is gone when the machine loses its power';
const OVER_THE_NETWORK =
  'is on another machine: whether what was synced survives a power cut is decided there, and a second `serve` on a third machine is not kept away';
const OF_A_CONTAINER = 'is the layer of a container: all of it is gone with the container';

/** Of statfs(2) on Linux, `linux/magic.h`. */
const FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x01021994, `tmpfs, which ${IN_MEMORY}`],
  [0x858458f6, `ramfs, which ${IN_MEMORY}`],
  [0x6969, `NFS, which ${OVER_THE_NETWORK}`],
  [0xff534d42, `CIFS, which ${OVER_THE_NETWORK}`],
  [0xfe534d42, `SMB, which ${OVER_THE_NETWORK}`],
  [0x00c36400, `Ceph, which ${OVER_THE_NETWORK}`],
  [0x01021997, `9P, which ${OVER_THE_NETWORK}`],
  [0x65735546, 'FUSE: whether what was synced survives a power cut is decided by the program behind it'],
  [0x794c7630, `overlayfs, which ${OF_A_CONTAINER}`],
]);

/** What is known to be wrong with the file system of a folder that is there; null: nothing is. */
export function dangerOf(folder: string): string | null {
  if (process.platform !== 'linux') return null;
  const danger = FILE_SYSTEMS.get(statfsSync(folder).type);
  return danger === undefined ? null : `${folder} is on ${danger}`;
}
