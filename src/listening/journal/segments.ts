import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FORMAT, fromLine, HEADER, type Line, MAX_LINE_BYTES } from './line.ts';

/** A position in the journal: the number of a file, and bytes from its begin. */
export type JournalPosition = { readonly segment: number; readonly offset: number };

/** What stands from `at` to `end`: a line, or bytes that are none (damage, or a line that was not written to its end). */
export type Stretch = { readonly at: JournalPosition; readonly end: JournalPosition } & (
  | Line
  | { readonly kind: 'damage' }
);

const NAME = /^(\d{10})\.journal$/;
const READ_BYTES = 1024 * 1024;
const LINE_FEED = 10;

export function compare(a: JournalPosition, b: JournalPosition): number {
  return a.segment - b.segment || a.offset - b.offset;
}

export function fileOf(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(10, '0')}.journal`);
}

/** The files of a journal with their sizes, the oldest first. */
export async function segmentsIn(folder: string): Promise<{ readonly segment: number; readonly bytes: number }[]> {
  const numbers = (await readdir(folder)).flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
  const sizes = numbers
    .sort((a, b) => a - b)
    .map(async (segment) => ({ segment, bytes: (await stat(fileOf(folder, segment))).size }));
  return Promise.all(sizes);
}

/** The format of a file; of one that has not told it, the first. */
export async function formatOf(folder: string, segment: number, bytes: number): Promise<number> {
  // a header of another format may be longer
  const end = Math.min(bytes, HEADER.length * 10);
  for await (const first of stretches(folder, { segment, offset: 0 }, end)) {
    return first.kind === 'header' ? first.format : 1;
  }
  return FORMAT;
}

/** What stands in one file from `from` to `end` (exclusive), in order. At most a line and what is read at once in memory. */
export async function* stretches(folder: string, from: JournalPosition, end: number): AsyncGenerator<Stretch> {
  if (from.offset >= end) return;
  const { segment } = from;
  let at = from.offset;
  let rest: Buffer = Buffer.alloc(0);
  const positionAt = (offset: number): JournalPosition => ({ segment, offset });
  const options = { start: from.offset, end: end - 1, highWaterMark: READ_BYTES };
  for await (const chunk of createReadStream(fileOf(folder, segment), options)) {
    let bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let feed = bytes.indexOf(LINE_FEED); feed >= 0; feed = bytes.indexOf(LINE_FEED)) {
      const line = fromLine(bytes.subarray(0, feed));
      const stretch = { at: positionAt(at), end: positionAt(at + feed + 1) };
      yield line === null ? { ...stretch, kind: 'damage' } : { ...stretch, ...line };
      bytes = bytes.subarray(feed + 1);
      at += feed + 1;
    }
    if (bytes.length > MAX_LINE_BYTES) {
      yield { kind: 'damage', at: positionAt(at), end: positionAt(at + bytes.length) };
      at += bytes.length;
      bytes = bytes.subarray(bytes.length);
    }
    rest = bytes;
  }
  if (rest.length > 0) yield { kind: 'damage', at: positionAt(at), end: positionAt(at + rest.length) };
}
