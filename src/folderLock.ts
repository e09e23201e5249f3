import { link, rename, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { CommslogError } from './errors.ts';

/** What a socket's name may have on every system. */
const MAX_PATH_BYTES = 100;

export type FolderLock = { release(): Promise<void> };

/**
 * Keeps a second process away from the files of a folder for as long as this one lives: a socket in the folder that
 * answers. What a killed process left behind answers nobody, and is taken over.
 * Errors: `DATA_DIR_IN_USE` with `inUse` as its message; `CONFIG_INVALID` when the folder's path is too long for a socket.
 */
export async function lockFolder(folder: string, inUse: string): Promise<FolderLock> {
  const own = join(folder, `lock.${process.pid}`);
  const name = nameIn(folder);
  await rm(own, { force: true });
  const server = await listen(own);
  try {
    if (!(await tryLink(own, name)) && !(await takeOver(folder, own, name))) {
      throw new CommslogError('DATA_DIR_IN_USE', inUse);
    }
  } catch (error) {
    await close(server);
    throw error;
  } finally {
    await rm(own, { force: true });
  }
  return {
    async release() {
      await rm(name, { force: true });
      await close(server);
    },
  };
}

/** Whether a process that lives keeps others away from the folder. */
export function isLocked(folder: string): Promise<boolean> {
  return answers(nameIn(folder));
}

function nameIn(folder: string): string {
  return join(folder, 'lock');
}

/** Moved aside before it is asked: so only one of several that come at once can take it. */
async function takeOver(folder: string, own: string, name: string): Promise<boolean> {
  if (await answers(name)) return false;
  const stale = join(folder, `lock.stale.${process.pid}`);
  await rename(name, stale).catch(() => {});
  if (await answers(stale)) {
    // somebody else was faster: it is theirs
    await tryLink(stale, name);
    await rm(stale, { force: true });
    return false;
  }
  await rm(stale, { force: true });
  return await tryLink(own, name);
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(short(path));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', reject);
    server.listen(short(path), () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** Relative where that is shorter. */
function short(path: string): string {
  const [shorter = path] = [path, relative(process.cwd(), path)].sort((a, b) => a.length - b.length);
  if (Buffer.byteLength(shorter) <= MAX_PATH_BYTES) return shorter;
  throw new CommslogError(
    'CONFIG_INVALID',
    'DATA_DIR: its path is too long, a socket in it must have at most 100 bytes',
  );
}
