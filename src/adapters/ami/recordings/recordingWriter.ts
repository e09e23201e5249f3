import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { type Micros, toSeconds } from '../../../domain/time.ts';
import { CommslogError } from '../../../errors.ts';
import { Pseudonymiser } from './pseudonymise.ts';

export type RecordingWriter = {
  /** What one read of the socket gave, and when. Written before it returns: a kill loses nothing that was heard. */
  write(bytes: Buffer, at: Micros): void;
  close(): void;
};

/**
 * Begins a recording of one connection: `file` (`.txt`) with the bytes as they come, its times beside it
 * (`recordingSource` reads both). With `pseudonymise`, numbers and names are replaced before anything is written, by a
 * key that is kept nowhere; a frame is then written with the read that completes it.
 * Errors: `RECORDING_UNREADABLE` when the file exists, or cannot be written.
 */
export function createRecordingWriter(file: string, options: { readonly pseudonymise: boolean }): RecordingWriter {
  if (!file.endsWith('.txt'))
    throw unwritable(file, 'its name must end in .txt, so that its times are found beside it');
  const timing = file.replace(/\.txt$/, '.timing.jsonl');
  const existing = [file, timing].find((path) => existsSync(path));
  if (existing !== undefined) throw unwritable(existing, 'it exists; name another file');
  const transcript = create(file);
  const times = create(timing);
  const pseudonymiser = options.pseudonymise ? new Pseudonymiser(randomBytes(32)) : null;
  let written = 0;
  let lastAt: Micros | null = null;

  function append(bytes: Buffer, at: Micros): void {
    if (bytes.length === 0) return;
    writeSync(transcript, bytes);
    writeSync(times, `[${written}, ${bytes.length}, ${toSeconds(at)}]\n`);
    written += bytes.length;
  }

  return {
    write(bytes, at) {
      lastAt = at;
      append(pseudonymiser === null ? bytes : pseudonymiser.push(bytes), at);
    },
    close() {
      if (pseudonymiser !== null && lastAt !== null) append(pseudonymiser.end(), lastAt);
      closeSync(transcript);
      closeSync(times);
    },
  };
}

function create(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw unwritable(file, code, error);
  }
}

function unwritable(file: string, reason: string, cause?: unknown): CommslogError {
  return new CommslogError('RECORDING_UNREADABLE', `cannot write ${basename(file)}: ${reason}`, { cause });
}
