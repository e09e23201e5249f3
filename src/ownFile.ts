/** Files that this program keeps for itself. What another user has put in their place, a link for one, is never written to. */
import { closeSync, fchownSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** The user and group to whom a file is given. */
type Owner = { readonly uid: number; readonly gid: number };

/**
 * Lets `file` hold `text`, for our eyes alone (mode 0600); at no time does it hold a part. `owner`: it is given away.
 * Errors: those of the file system.
 */
export function writeOwn(file: string, text: string, owner: Owner | null = null): void {
  const beside = `${file}.new`;
  make(beside, text, owner);
  renameSync(beside, file);
}

/** The same, unless there is such a file: then it stays as it is. */
export function makeOwn(file: string, text: string): void {
  const beside = `${file}.${process.pid}`;
  make(beside, text, null);
  try {
    linkSync(beside, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

/** Opens only what it has made itself. What an earlier try has left is taken away. */
function make(file: string, text: string, owner: Owner | null): void {
  rmSync(file, { force: true });
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(handle, text);
    if (owner !== null) fchownSync(handle, owner.uid, owner.gid);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
