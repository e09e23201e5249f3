/**
 * What no reader that keeps all fields can do without: strings of keys and values, of frames in memory. Beside it the frames as
 * commslog reads them, and a bare scan.
 */
import { Framer } from '../../src/adapters/ami/wire/framing.ts';
import { block } from './input.ts';

const ROUNDS = 20;
const CHUNK_BYTES = 64 * 1024;
const BLANK_LINE = '\r\n\r\n';

/** Of the stored frames; megabytes a second of the processor, the best of some rounds. */
export function inMemory(): { readonly commslog: number; readonly strings: number; readonly scan: number } {
  const bytes = block('stored');
  const frames = linesOfFrames(bytes);
  return {
    commslog: speed(bytes, () => {
      let read = 0;
      const framer = new Framer({
        onBanner() {},
        onResponse() {},
        onFrame() {
          read += 1;
        },
      });
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) framer.push(bytes.subarray(at, at + CHUNK_BYTES));
      return read;
    }),
    strings: speed(bytes, () => {
      let read = 0;
      for (const frame of frames) read += stringsOf(bytes, frame).length;
      return read;
    }),
    scan: speed(bytes, () => {
      let read = 0;
      for (let at = bytes.indexOf(BLANK_LINE); at >= 0; at = bytes.indexOf(BLANK_LINE, at + 1)) read += 1;
      return read;
    }),
  };
}

type Lines = {
  readonly from: number;
  readonly to: number;
  /** of each line, from the frame's begin on: where it begins, its colon, its end */
  readonly places: readonly number[];
};

function linesOfFrames(bytes: Buffer): Lines[] {
  let from = 0;
  return bytes
    .toString('latin1')
    .split(/(?<=\r\n\r\n)/)
    .map((frame) => {
      let at = 0;
      const places = frame.split('\r\n').flatMap((line) => {
        const begin = at;
        at += line.length + 2;
        return line === '' ? [] : [begin, begin + line.indexOf(':'), begin + line.length];
      });
      const one = { from, to: from + frame.length, places };
      from = one.to;
      return one;
    });
}

function stringsOf(bytes: Buffer, { from, to, places }: Lines): [string, string][] {
  const text = bytes.toString('latin1', from, to);
  const fields: [string, string][] = [];
  for (let nth = 0; nth < places.length; nth += 3) {
    const [begin = 0, colon = 0, end = 0] = [places[nth], places[nth + 1], places[nth + 2]];
    fields.push([text.substring(begin, colon), text.substring(colon + 2, end)]);
  }
  return fields;
}

function speed({ length }: Buffer, read: () => number): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const from = process.cpuUsage();
    if (read() === 0) throw new Error('there are no frames');
    const { user, system } = process.cpuUsage(from);
    return user + system;
  });
  return length / Math.min(...rounds);
}
