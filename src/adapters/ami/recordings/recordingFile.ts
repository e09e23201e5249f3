import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CommslogError } from '../../../errors.ts';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a folder; name the transcript in it, for example ami.txt'],
  ['EACCES', 'this user may not read it'],
  ['EPERM', 'this user may not read it'],
  ['Z_DATA_ERROR', 'it is no gzip file or is damaged; compress the transcript again'],
  ['Z_BUF_ERROR', 'its end is missing; copy or compress the transcript again'],
]);

/** What is wrong with a recording; the message names the file, never what is in it. */
export function unreadable(file: string, reason: string, cause?: unknown): CommslogError {
  return new CommslogError('RECORDING_UNREADABLE', `cannot read ${basename(file)}: ${reason}`, { cause });
}

/** The bytes of a file, unpacked when its name ends in `.gz`. Errors: `RECORDING_UNREADABLE`. */
export async function* bytesOf(file: string): AsyncGenerator<Buffer, void> {
  const raw = createReadStream(file);
  const stream = file.endsWith('.gz') ? pipeline(raw, createGunzip(), () => {}) : raw;
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw unreadable(file, REASONS.get(code) ?? code, error);
  }
}
