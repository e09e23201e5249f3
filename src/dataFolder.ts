import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommslogError } from './errors.ts';

/** More than what a full disk still takes beside its blocks. */
const TRIAL = Buffer.alloc(64 * 1024);

/**
 * Makes the folder when it is missing, then writes, syncs and renames a file in it: what the journal and everything else
 * there live by. It and the folders of ours in it must belong to this user, or to root, and those in it may be no links:
 * whoever owns a folder can change what is in it. Errors: `DATA_DIR_UNUSABLE`, which names the folder and says what to do.
 */
export function makeDataFolder(folder: string): void {
  try {
    // every secret in it is a file of mode 0600; a PostgreSQL that runs as another user must be able to pass
    make(folder);
    refuseForeign(folder);
    tryFile(folder);
  } catch (error) {
    throw toFolderError(folder, error);
  }
}

/** The folder and those on the way to it. Not by `recursive`: in what takes no folders, as /proc, Node tries it for ever. */
function make(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) make(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o711 });
  } catch (cause) {
    // somebody else was faster
    if (existsSync(folder)) return;
    const leadsNowhere = cause instanceof Error && 'code' in cause && NOWHERE.has(cause.code);
    if (!leadsNowhere) throw cause;
    const says = `${folder} leads nowhere: it is a link to what is not there, or no folder can be made in its place.`;
    throw new CommslogError('DATA_DIR_UNUSABLE', `${says} Mount what is missing, or choose another DATA_DIR.`, {
      cause,
    });
  }
}

/** Of a link whose target is missing, of links in a circle, of a file system that takes no folders. */
const NOWHERE: ReadonlySet<unknown> = new Set(['EEXIST', 'ELOOP', 'ENOENT']);

/** Of what is heard and what is kept apart; the folder of PostgreSQL is its user's, who checks it itself. */
const OWN_FOLDERS = ['journal', 'refused', 'imports'];

function refuseForeign(folder: string): void {
  refuseOthers(folder, statSync(folder));
  const journals = join(folder, 'journal');
  for (const path of [...OWN_FOLDERS.map((name) => join(folder, name)), ...foldersIn(journals)]) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (stats.isSymbolicLink())
      throw new CommslogError('DATA_DIR_UNUSABLE', `${path} is a link. Put the folder there.`);
    refuseOthers(path, stats);
  }
}

function foldersIn(folder: string): readonly string[] {
  const isThere = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  return isThere ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function refuseOthers(path: string, { uid }: Stats): void {
  const own = process.geteuid?.();
  if (own === undefined || uid === own || uid === 0) return;
  throw new CommslogError(
    'DATA_DIR_UNUSABLE',
    `${path} belongs to user ${uid}, and this is user ${own}. Run as that user, or choose another DATA_DIR.`,
  );
}

function tryFile(folder: string): void {
  const file = join(folder, `trial.${process.pid}`);
  rmSync(file, { force: true });
  try {
    synced(file, 'wx', (handle) => writeFileSync(handle, TRIAL));
    renameSync(file, `${file}.renamed`);
    synced(folder, 'r', () => {});
  } finally {
    for (const name of [file, `${file}.renamed`]) rmSync(name, { force: true });
  }
}

function synced(path: string, flags: 'r' | 'wx', work: (handle: number) => void): void {
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

/** The same for whatever was thrown, when it is about a file in the folder. */
export function ofFileIn(folder: string, error: unknown): unknown {
  const path = error instanceof Error && 'path' in error ? String(error.path) : '';
  return path.startsWith(folder) ? toFolderError(path, error) : error;
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
