import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileOf, type JournalPosition, type Stretch, stretches } from './segments.ts';

/** Copies bytes that are no record into a file of their own, named after where they stood, for a person to look at. */
export async function setAside(folder: string, { at, end }: Pick<Stretch, 'at' | 'end'>): Promise<void> {
  const aside = join(folder, 'damaged');
  await mkdir(aside, { recursive: true, mode: 0o700 });
  const bytes = createReadStream(fileOf(folder, at.segment), { start: at.offset, end: end.offset - 1 });
  await pipeline(bytes, createWriteStream(join(aside, `${at.segment}-${at.offset}`), { mode: 0o600 }));
}

/**
 * Cuts what follows the last record of the newest file: lines that were being written when the program was killed or the
 * power failed. Nobody was told that they were kept. Returns where the file ends then, how many bytes were cut, and the
 * last record's number.
 */
export async function cutTornEnd(
  folder: string,
  { segment, bytes }: { readonly segment: number; readonly bytes: number },
): Promise<{ readonly end: JournalPosition; readonly cut: number; readonly last: number | null }> {
  let end = 0;
  let last: number | null = null;
  for await (const stretch of stretches(folder, { segment, offset: 0 }, bytes)) {
    if (stretch.kind !== 'record') continue;
    end = stretch.end.offset;
    last = stretch.number;
  }
  if (end < bytes) await truncate(fileOf(folder, segment), end);
  return { end: { segment, offset: end }, cut: bytes - end, last };
}
