import { CommslogError } from '../../../errors.ts';

/** Longest line (without its LF) and largest frame that a PBX may send; the largest seen from a real one has 2.7 kB. */
export const MAX_LINE_BYTES = 64 * 1024;
export const MAX_FRAME_BYTES = 128 * 1024;

const CR = 13;
const LF = 10;

/**
 * Where the frame that begins at `from` ends: the index after its blank line (`\n\n` or `\n\r\n`), or -1 when the
 * blank line is not before `to`. `from` must not itself be a blank line.
 */
export function blankLineEnd(bytes: Uint8Array, from: number, to: number): number {
  // Every second byte is enough: of two line feeds, or of the CR between them, one always lies on the way.
  for (let at = from + 1; at < to; at += 2) {
    if ((bytes[at] ?? 0) > CR) continue;
    if (bytes[at] === LF) {
      if (bytes[at - 1] === LF) return at + 1;
      if (at + 1 < to && bytes[at + 1] === LF) return at + 2;
      if (at + 2 < to && bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
    } else if (bytes[at] === CR) {
      if (bytes[at - 1] === LF && at + 1 < to && bytes[at + 1] === LF) return at + 2;
    }
  }
  return -1;
}

/**
 * The same for a frame that comes in pieces: remembers across chunks how far the frame has come, and keeps its bounds.
 * Errors: `AMI_LINE_TOO_LONG`, `AMI_FRAME_TOO_LARGE`, at the same byte whatever the chunks.
 */
export class FrameEnd {
  #frameBytes = 0;
  #lineBytes = 0;
  #lineIsBlank = true;

  reset(): void {
    this.#frameBytes = 0;
    this.#lineBytes = 0;
    this.#lineIsBlank = true;
  }

  /** Index after the next line end (`line`) or blank line (`frame`) from `from` on, or -1 when it is not in `bytes`. */
  find(what: 'line' | 'frame', bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      this.#frameBytes += 1;
      if (this.#frameBytes > MAX_FRAME_BYTES) {
        throw new CommslogError('AMI_FRAME_TOO_LARGE', `the PBX sent a frame of more than ${MAX_FRAME_BYTES} bytes`);
      }
      const byte = bytes[at];
      if (byte === LF) {
        const ended = what === 'line' || this.#lineIsBlank;
        this.#lineBytes = 0;
        this.#lineIsBlank = true;
        if (ended) return at + 1;
        continue;
      }
      this.#lineBytes += 1;
      if (this.#lineBytes > MAX_LINE_BYTES) {
        throw new CommslogError('AMI_LINE_TOO_LONG', `the PBX sent a line of more than ${MAX_LINE_BYTES} bytes`);
      }
      if (byte !== CR || this.#lineBytes > 1) this.#lineIsBlank = false;
    }
    return -1;
  }
}
