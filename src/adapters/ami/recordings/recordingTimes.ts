import { existsSync } from 'node:fs';
import { type Micros, microsOfSeconds } from '../../../domain/time.ts';
import { bytesOf, unreadable } from './recordingFile.ts';

/** One read of the socket: up to where in the transcript it came, and when. */
export type RecordedRead = { readonly end: number; readonly at: Micros | null };

/** Where the last read ends: the transcript may be longer than its times, which are written after the bytes. */
export const OPEN_END = Number.POSITIVE_INFINITY;

const MAX_LINE = 200;

/**
 * The reads of a transcript, in order, from the timing file beside it: `.txt` or `.txt.gz` replaced by
 * `.timing.jsonl`, `.gz` or not, with lines `[offset, length, unix time in seconds]`. What the generator returns is a
 * last one with an open end, at the last time; without a timing file it is the only one and has no time.
 * Errors: `RECORDING_UNREADABLE` naming file and line.
 */
export async function* recordedReads(transcript: string): AsyncGenerator<RecordedRead, RecordedRead> {
  const batches = readsTogether(transcript);
  for (;;) {
    const { value, done } = await batches.next();
    if (done) return value;
    yield* value;
  }
}

/** The same, so many together as one piece of the file holds: there are as many as reads of the socket. */
export async function* readsTogether(transcript: string): AsyncGenerator<readonly RecordedRead[], RecordedRead> {
  const file = timingFileOf(transcript);
  let last: RecordedRead = { end: 0, at: null };
  if (file !== null) {
    let number = 0;
    for await (const lines of linesOf(file)) {
      const reads: RecordedRead[] = [];
      for (const line of lines) {
        number += 1;
        if (line.trim() === '') continue;
        last = readAfter(last, line, (problem) => unreadable(file, `line ${number} ${problem}`));
        reads.push(last);
      }
      yield reads;
    }
  }
  return { end: OPEN_END, at: last.at };
}

function timingFileOf(transcript: string): string | null {
  if (!/\.txt(\.gz)?$/.test(transcript)) return null;
  const timing = transcript.replace(/\.txt(\.gz)?$/, '.timing.jsonl');
  return [timing, `${timing}.gz`].find((file) => existsSync(file)) ?? null;
}

function readAfter({ end }: RecordedRead, line: string, error: (problem: string) => Error): RecordedRead {
  const [offset, length, seconds] = parse(line);
  const at = typeof seconds === 'number' ? microsOfSeconds(seconds) : null;
  if (!isCount(offset) || !isCount(length) || at === null) {
    throw error('is not [offset, length, unix time]; correct it, or move the file away to read without times');
  }
  if (offset !== end) {
    throw error(
      `begins at byte ${offset}, but the line before it ends at ${end}; it belongs to another transcript or ` +
        'lacks lines: move the file away to read without times',
    );
  }
  return { end: end + length, at };
}

/** There are as many lines as reads of the socket: a schema would take longer than the fold of what was read. */
function parse(line: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(line);
    return Array.isArray(read) && read.length === 3 ? read : [];
  } catch {
    return [];
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

async function* linesOf(file: string): AsyncGenerator<readonly string[], void> {
  let rest = '';
  for await (const chunk of bytesOf(file)) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
    if (rest.length > MAX_LINE) throw unreadable(file, 'it is no timing file: move it away to read without times');
  }
  if (rest !== '') yield [rest];
}
