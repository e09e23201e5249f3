import { CommslogError } from '../../../errors.ts';
import { FrameEnd, MAX_FRAME_BYTES, MAX_LINE_BYTES } from './frameEnd.ts';

export type SplitterHandlers = {
  /** The first line with its line end. Not called when it begins with `Event:` or `Response:`: then there is no banner. */
  readonly onBanner: (line: string) => void;
  /**
   * A frame begins at `from` and may end before `to`. Answers the index after its blank line, or -1 when its end is
   * not there: then it comes again when there is more of it. The bytes are only valid during the call.
   */
  readonly onFrame: (bytes: Buffer, from: number, to: number) => number;
};

const CR = 13;
const LF = 10;
const BLANK_LINE_BYTES = 2;
const FIRST_CARRY_BYTES = 4 * 1024;

/**
 * Cuts the bytes of one connection, which come in any pieces, into banner and frames. A frame that is whole in one
 * piece is not copied. Errors from `push`: `AMI_LINE_TOO_LONG`, `AMI_FRAME_TOO_LARGE`; nothing can be pushed after one.
 */
export class FrameSplitter {
  readonly #handlers: SplitterHandlers;
  readonly #frameEnd = new FrameEnd();
  #carry = Buffer.alloc(FIRST_CARRY_BYTES);
  #carried = 0;
  #awaitsBanner = true;
  #failure: CommslogError | null = null;

  constructor(handlers: SplitterHandlers) {
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    if (this.#failure) throw this.#failure;
    for (let at = 0; at < chunk.length; ) {
      if (this.#carried > 0 || this.#awaitsBanner) {
        at = this.#goOn(chunk, at);
      } else if (chunk[at] === LF) {
        at += 1;
      } else if (chunk[at] === CR && chunk[at + 1] === LF) {
        at += 2;
      } else {
        // What is longer than a line may be is looked at byte by byte.
        const end = this.#handlers.onFrame(chunk, at, Math.min(chunk.length, at + MAX_LINE_BYTES));
        at = end < 0 ? this.#goOn(chunk, at) : end;
      }
    }
  }

  /** The bytes of the frame that has begun and not ended; a line end alone is none. */
  rest(): Buffer {
    const rest = this.#carry.subarray(0, this.#carried);
    return rest.every((byte) => byte === CR || byte === LF) ? Buffer.alloc(0) : Buffer.from(rest);
  }

  /** Goes on with what is not whole in one chunk; returns how far it came in this one. */
  #goOn(chunk: Buffer, at: number): number {
    const end = this.#findEnd(chunk, at);
    this.#keep(chunk, at, end < 0 ? chunk.length : end);
    if (end < 0) return chunk.length;
    if (this.#awaitsBanner) {
      this.#awaitsBanner = false;
      const line = this.#carry.toString('latin1', 0, this.#carried);
      if (/^(event|response):/i.test(line)) return end;
      this.#handlers.onBanner(line);
    } else if (this.#carried > BLANK_LINE_BYTES && this.#handlers.onFrame(this.#carry, 0, this.#carried) < 0) {
      return end;
    }
    this.#carried = 0;
    this.#frameEnd.reset();
    return end;
  }

  #findEnd(chunk: Buffer, at: number): number {
    try {
      return this.#frameEnd.find(this.#awaitsBanner ? 'line' : 'frame', chunk, at);
    } catch (error) {
      if (error instanceof CommslogError) this.#failure = error;
      throw error;
    }
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    const carried = this.#carried + to - from;
    if (carried > this.#carry.length) {
      const grown = Buffer.alloc(Math.min(MAX_FRAME_BYTES, Math.max(carried, this.#carry.length * 2)));
      this.#carry.copy(grown, 0, 0, this.#carried);
      this.#carry = grown;
    }
    chunk.copy(this.#carry, this.#carried, from, to);
    this.#carried = carried;
  }
}
