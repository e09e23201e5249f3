/**
 * AMI's bytes → frames. A frame is a run of `Key: Value` lines (CRLF or LF) up to a blank line; the first line of a
 * connection is a banner and stands alone. Keys and names come from outside: they are only ever strings in arrays and
 * Map keys, never properties.
 */
import { isAscii } from 'node:buffer';
import { CommslogError } from '../../errors.ts';
import type { Frame } from '../../ports/pbxSource.ts';
import { type Answer, isUnfinishedCommand, readAnswerFields } from './answer.ts';
import { EventNames } from './eventNames.ts';
import { blankLineEnd, FrameEnd, MAX_FRAME_BYTES, MAX_LINE_BYTES } from './frameEnd.ts';
import { type FrameFields, fieldOf, readFields } from './frameFields.ts';

/** What a framer finds, in the order of the bytes, during `push`. */
export type FramerHandlers = {
  /**
   * The first line, whatever it says; who listens judges it. Not called when the bytes begin with an `Event:` or
   * `Response:` line: that peer, or that piece of a recording, has no banner.
   */
  readonly onBanner: (line: string) => void;
  /** An event that is not on the skip list, also one that is an item of a list that was asked for (see its ActionID). */
  readonly onFrame: (frame: Frame) => void;
  readonly onAnswer: (answer: Answer) => void;
};

/** The unfinished frame that a connection ended with. */
export type TornFrame = { readonly event: string | null; readonly bytes: number };

const CR = 13;
const LF = 10;
const EVENT = Buffer.from('Event: ');
const FIRST_CARRY_BYTES = 4 * 1024;

/**
 * Takes the bytes of one connection in any pieces. Frames on the skip list are recognised by name, never decoded.
 * Errors from `push`: `AMI_LINE_TOO_LONG`, `AMI_FRAME_TOO_LARGE`; nothing can be pushed after one.
 */
export class Framer {
  readonly #handlers: FramerHandlers;
  readonly #names = new EventNames();
  readonly #frameEnd = new FrameEnd();
  #carry = Buffer.alloc(FIRST_CARRY_BYTES);
  #carried = 0;
  #awaitsBanner = true;
  #failure: CommslogError | null = null;
  #malformedLines = 0;
  #namelessFrames = 0;
  #tornFrames = 0;

  constructor(handlers: FramerHandlers) {
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    if (this.#failure) throw this.#failure;
    const chunkIsAscii = isAscii(chunk);
    for (let at = 0; at < chunk.length; ) {
      if (this.#carried > 0 || this.#awaitsBanner) {
        at = this.#goOn(chunk, at);
      } else if (chunk[at] === LF) {
        at += 1;
      } else if (chunk[at] === CR && chunk[at + 1] === LF) {
        at += 2;
      } else {
        const end = blankLineEnd(chunk, at);
        if (end < 0 || end - at > MAX_LINE_BYTES || !this.#take(chunk, at, end, chunkIsAscii)) {
          at = this.#goOn(chunk, at);
        } else {
          at = end;
        }
      }
    }
  }

  /** The connection is over. Returns the frame that it cut, null when it ended between two. */
  end(): TornFrame | null {
    if (this.#carried === 0) return null;
    const rest = this.#carry.subarray(0, this.#carried);
    this.#carried = 0;
    const { fields } = readFields(rest.toString('latin1'), isAscii(rest));
    if (fields.length === 0 && rest.every((byte) => byte === CR || byte === LF)) return null;
    this.#tornFrames += 1;
    return { event: fieldOf(fields, 'Event'), bytes: rest.length };
  }

  /** Skipped frames by event name, and what was malformed. */
  counts(): Map<string, number> {
    const counts = new Map(this.#names.skipped());
    if (this.#malformedLines > 0) counts.set('malformed_lines', this.#malformedLines);
    if (this.#namelessFrames > 0) counts.set('nameless_frames', this.#namelessFrames);
    if (this.#tornFrames > 0) counts.set('torn_frames', this.#tornFrames);
    return counts;
  }

  /** Goes on with a frame that is not whole in one chunk; returns how far it came in this one. */
  #goOn(chunk: Buffer, at: number): number {
    const end = this.#findEnd(chunk, at);
    const to = end < 0 ? chunk.length : end;
    this.#keep(chunk, at, to);
    if (end < 0) return to;
    if (this.#awaitsBanner) {
      this.#takeBanner();
    } else if (this.#take(this.#carry, 0, this.#carried, isAscii(this.#carry.subarray(0, this.#carried)))) {
      this.#carried = 0;
      this.#frameEnd.reset();
    }
    return to;
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

  #takeBanner(): void {
    this.#awaitsBanner = false;
    const line = this.#carry.toString('latin1', 0, this.#carried);
    if (/^(event|response):/i.test(line)) return;
    this.#carried = 0;
    this.#frameEnd.reset();
    this.#handlers.onBanner(line.trimEnd());
  }

  /** Hands on the frame in `bytes[from, to)`; false when a command's text goes on after it. */
  #take(bytes: Buffer, from: number, to: number, ascii: boolean): boolean {
    const nameFrom = from + EVENT.length;
    const nameTo = startsWithEvent(bytes, from) ? lineEnd(bytes, nameFrom) : nameFrom;
    if (nameTo > nameFrom) {
      const event = this.#names.seen(bytes, nameFrom, nameTo);
      if (!event.skipped) this.#event(event.name, readFields(bytes.toString('latin1', from, to), ascii), to - from);
      return true;
    }
    const text = bytes.toString('latin1', from, to);
    if (isUnfinishedCommand(text)) return false;
    this.#takeUncommon(text, ascii);
    return true;
  }

  /** A frame that does not begin with the name of its event. */
  #takeUncommon(text: string, ascii: boolean): void {
    const read = readAnswerFields(text, ascii);
    const [first] = read.fields;
    const name = first?.[0].toLowerCase() === 'response' ? null : fieldOf(read.fields, 'Event');
    if (name) {
      const event = this.#names.seen(Buffer.from(name), 0, Buffer.byteLength(name));
      if (!event.skipped) this.#event(event.name, read, text.length);
    } else if (fieldOf(read.fields, 'Response') === null) {
      this.#malformedLines += read.malformedLines;
      if (read.fields.length > 0) this.#namelessFrames += 1;
    } else {
      this.#malformedLines += read.malformedLines;
      this.#handlers.onAnswer({ fields: read.fields, bytes: text.length });
    }
  }

  #event(event: string, { fields, latin1, malformedLines }: FrameFields, bytes: number): void {
    this.#malformedLines += malformedLines;
    this.#handlers.onFrame({ event, fields, latin1, bytes });
  }
}

function startsWithEvent(bytes: Buffer, from: number): boolean {
  for (let i = 0; i < EVENT.length; i += 1) if (bytes[from + i] !== EVENT[i]) return false;
  return true;
}

function lineEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== LF) at += 1;
  return bytes[at - 1] === CR ? at - 1 : at;
}
