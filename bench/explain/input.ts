import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordedReads } from '../../src/adapters/ami/recordings/recordingTimes.ts';
import { bytesOfRecording, recordingFiles } from '../../tests/support/recordings.ts';

export type Input = {
  readonly file: string;
  readonly bytes: number;
  readonly events: number;
  readonly recordings: number;
};

const BANNER = 'Asterisk Call Manager/11.0.0\r\n';
const FRAME_END = '\r\n\r\n';
/** Seconds in ids, in names of files and in Timestamp: all have ten digits, so what is moved keeps its length. */
const SECOND = /(?<![0-9])1[78][0-9]{8}(?=\.[0-9])/g;
/** The beginning of a bridge's id. */
const BRIDGE = /\b[0-9a-f]{8}(?=(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)/g;
const FIRST_SECOND = 1_790_000_000;
/** Between the end of one recording and the begin of the next, in seconds. */
const APART = 120;

type Recorded = {
  readonly frames: string;
  readonly events: number;
  readonly reads: readonly (readonly [length: number, at: number])[];
  readonly first: number;
  readonly last: number;
};

/**
 * The recordings of the tests one after the other as one connection, and again until there are so many events: each time at
 * other seconds, so that all are calls of their own. With the times of the reads beside it.
 */
export async function endToEnd(folder: string, wanted: number): Promise<Input> {
  const recordings = await Promise.all(
    recordingFiles()
      .filter(({ name, isTimed }) => isTimed && /\/ami\.txt(\.gz)?$/.test(name))
      .map(recordedOf),
  );
  const pieces = [BANNER];
  const times: string[] = [];
  let [position, events, begin, nth] = [BANNER.length, 0, FIRST_SECOND, 0];
  const read = (length: number, at: number) => {
    times.push(JSON.stringify([position, length, at]));
    position += length;
  };
  position = 0;
  read(BANNER.length, begin);
  while (events < wanted) {
    for (const recording of recordings) {
      const later = begin - recording.first;
      pieces.push(movedBy(later, nth, recording.frames));
      for (const [length, at] of recording.reads) read(length, Number((at + later).toFixed(6)));
      events += recording.events;
      begin += recording.last - recording.first + APART;
      nth += 1;
    }
  }
  const file = join(folder, 'recording.txt');
  writeFileSync(file, pieces.join(''), 'latin1');
  writeFileSync(join(folder, 'recording.timing.jsonl'), `${times.join('\n')}\n`);
  return { file, bytes: position, events, recordings: nth };
}

/** Its whole frames without the banner, and the reads that they came with. */
async function recordedOf(file: ReturnType<typeof recordingFiles>[number]): Promise<Recorded> {
  const text = bytesOfRecording(file).toString('latin1');
  const from = text.startsWith('Asterisk') ? text.indexOf('\n') + 1 : 0;
  const to = text.lastIndexOf(FRAME_END) + FRAME_END.length;
  const frames = text.slice(from, to);
  const reads: [number, number][] = [];
  let done = from;
  for await (const { end, at } of recordedReads(file.path)) {
    const until = Math.min(end, to);
    if (until <= done || at === null) continue;
    reads.push([until - done, at / 1_000_000]);
    done = until;
  }
  const seconds = [...frames.matchAll(SECOND)].map(([second]) => Number(second));
  const all = [...seconds, ...reads.map(([, at]) => Math.floor(at))];
  const events = frames.split(/^Event: /m).length - 1;
  return { frames, events, reads, first: Math.min(...all), last: Math.max(...all) };
}

function movedBy(seconds: number, nth: number, frames: string): string {
  return frames
    .replace(SECOND, (second) => String(Number(second) + seconds))
    .replace(BRIDGE, (id) => ((Number.parseInt(id, 16) + nth * 7919) >>> 0).toString(16).padStart(8, '0'));
}
