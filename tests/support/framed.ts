import type { ResponseFrame } from '../../src/adapters/ami/wire/commandText.ts';
import { Framer, type TornFrame } from '../../src/adapters/ami/wire/framing.ts';
import { CommslogError, type ErrorCode } from '../../src/errors.ts';
import type { Frame } from '../../src/ports/pbxSource.ts';

/** Everything that a framer made of one connection. */
export type Framed = {
  readonly banner: string | null;
  readonly frames: readonly Frame[];
  readonly answers: readonly ResponseFrame[];
  readonly counts: ReadonlyMap<string, number>;
  readonly torn: TornFrame | null;
  readonly error: ErrorCode | null;
};

/** Frames the pieces of one connection. */
export function framed(...pieces: readonly (Buffer | string)[]): Framed {
  let banner: string | null = null;
  let error: ErrorCode | null = null;
  const frames: Frame[] = [];
  const answers: ResponseFrame[] = [];
  const framer = new Framer({
    onBanner: (line) => {
      banner = line;
    },
    onFrame: (frame) => frames.push(frame),
    onResponse: (response) => answers.push(response),
  });
  try {
    for (const piece of pieces) framer.push(Buffer.from(piece));
  } catch (thrown) {
    if (!(thrown instanceof CommslogError)) throw thrown;
    error = thrown.code;
  }
  const torn = error === null ? framer.end() : null;
  return { banner, frames, answers, counts: framer.counts(), torn, error };
}

/** Cuts bytes into pieces of these sizes, in turns. */
export function cut(bytes: Buffer, ...sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
