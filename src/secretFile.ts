import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { CommslogError } from './errors.ts';

const MAX_BYTES = 1024 * 1024;

/** What a file says, and why no secret may be kept in it; null: nothing is against that. */
export type Inspected = { readonly text: string; readonly objection: string | null };

/**
 * What a file with a secret says. It must be a file and no link, ours and open to nobody else; one of root may be readable
 * by its group (the rule by which PostgreSQL takes keys).
 * Errors: `CONFIG_INVALID`, which names the file and says what to do; those of the file system.
 */
export function readSecret(file: string): string {
  const { text, objection } = inspect(file);
  if (objection !== null) throw new CommslogError('CONFIG_INVALID', objection);
  return text;
}

/** Reads a file that may hold a secret. Errors: `CONFIG_INVALID` when it is no file; those of the file system. */
export function inspect(file: string): Inspected {
  // a device may do something when it is only opened
  if (!statSync(file).isFile()) throw notAFile(file);
  const named = lstatSync(file);
  // not waited for: a pipe may have taken its place meanwhile
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const opened = fstatSync(handle);
    if (!opened.isFile() || opened.size > MAX_BYTES) throw notAFile(file);
    const isLink = named.ino !== opened.ino || named.dev !== opened.dev;
    const objection = isLink ? `${file} is a link: name the file itself` : objectionTo(file, opened);
    return { text: readFileSync(handle, 'utf8'), objection };
  } finally {
    closeSync(handle);
  }
}

/** Rights of other systems than POSIX are not looked at. */
function objectionTo(file: string, { uid, mode }: Stats): string | null {
  const own = process.geteuid?.();
  if (own === undefined) return null;
  if (uid !== own && uid !== 0) {
    return `${file} belongs to user ${uid}, and this is user ${own}: run as that user, or make this one its owner`;
  }
  const closed = uid === own ? 0o077 : 0o027;
  return (mode & closed) === 0 ? null : `${file} may be read by others; run: chmod 600 ${file}`;
}

function notAFile(file: string): CommslogError {
  return new CommslogError('CONFIG_INVALID', `${file} is no file of at most 1 MiB`);
}
