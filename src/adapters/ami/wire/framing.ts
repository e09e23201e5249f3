/**
 * AMI's bytes → frames. A frame is a run of `Key: Value` lines (CRLF or LF) up to a blank line; the first line of a
 * connection is a banner and stands alone. Keys and names come from outside: they are only ever strings in arrays and
 * Map keys, never properties.
 */
import { type Frame, fieldOf } from '../../../ports/pbxSource.ts';
import { commandTextEnd, isCommandText, type ResponseFrame, readCommandText } from './commandText.ts';
import { type EventName, EventNames } from './eventNames.ts';
import { blankLineEnd } from './frameEnd.ts';
import { type FrameFields, readFields } from './frameFields.ts';
import { FrameSplitter } from './frameSplitter.ts';

/** What a framer finds, in the order of the bytes, during `push`. */
export type FramerHandlers = {
  /**
   * The first line, whatever it says; who listens judges it. Not called when the bytes begin with an `Event:` or
   * `Response:` line: that peer, or that piece of a recording, has no banner.
   */
  readonly onBanner: (line: string) => void;
  /** An event that is not on the skip list, also one that is an item of a list that was asked for (see its ActionID). */
  readonly onFrame: (frame: Frame) => void;
  readonly onResponse: (response: ResponseFrame) => void;
};

/** The unfinished frame, or banner, that a connection ended with. */
export type TornFrame = {
  readonly event: string | null;
  readonly bytes: number;
  /** as far as it goes it is what AMI begins a connection or a frame with */
  readonly beginsAsAmi: boolean;
};

const BEGINNINGS = ['Asterisk Call Manager', 'Event: ', 'Response: '];

const CR = 13;
const LF = 10;
const EVENT = Buffer.from('Event: ');

/**
 * Frames of an event are about as long as the one before. To read so much, and to find the blank line on the way, takes
 * two thirds of the time of finding it first.
 */
const WINDOW_MARGIN = 64;

/**
 * Takes the bytes of one connection in any pieces. Frames on the skip list are recognised by name, never decoded.
 * Errors from `push`: `AMI_LINE_TOO_LONG`, `AMI_FRAME_TOO_LARGE`; nothing can be pushed after one.
 */
export class Framer {
  readonly #handlers: FramerHandlers;
  readonly #names = new EventNames();
  readonly #splitter: FrameSplitter;
  #malformedLines = 0;
  #namelessFrames = 0;
  #tornFrames = 0;

  constructor(handlers: FramerHandlers) {
    this.#handlers = handlers;
    this.#splitter = new FrameSplitter({
      onBanner: (line) => handlers.onBanner(line.trimEnd()),
      onFrame: (bytes, from, to) => this.#read(bytes, from, to),
    });
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  /** The connection is over; to be called once. Returns the frame that it cut, null when it ended between two. */
  end(): TornFrame | null {
    const rest = this.#splitter.rest();
    if (rest.length === 0) return null;
    this.#tornFrames += 1;
    const ended = Buffer.concat([rest, Buffer.from('\n\n')]);
    const fields = readFields(ended, 0, ended.length)?.fields ?? [];
    return { event: fieldOf(fields, 'Event'), bytes: rest.length, beginsAsAmi: beginsAsAmi(rest) };
  }

  /** Skipped frames by event name, and what was malformed. */
  counts(): Map<string, number> {
    const counts = new Map(this.#names.skipped());
    if (this.#malformedLines > 0) counts.set('malformed_lines', this.#malformedLines);
    if (this.#namelessFrames > 0) counts.set('nameless_frames', this.#namelessFrames);
    if (this.#tornFrames > 0) counts.set('torn_frames', this.#tornFrames);
    return counts;
  }

  /** The index after the frame that begins at `from`, or -1 when it does not end before `to`. */
  #read(bytes: Buffer, from: number, to: number): number {
    const nameFrom = from + EVENT.length;
    const nameTo = startsWithEvent(bytes, from) ? lineEnd(bytes, nameFrom, to) : nameFrom;
    if (nameTo < 0) return -1;
    if (nameTo === nameFrom) return this.#readUncommon(bytes, from, to);
    const event = this.#names.of(bytes, nameFrom, nameTo);
    if (event.skipped) return this.#count(event, from, blankLineEnd(bytes, from, to));
    const window = Math.min(to, from + event.bytes + WINDOW_MARGIN);
    const read = readFields(bytes, from, window) ?? readFields(bytes, from, blankLineEnd(bytes, from, to));
    if (read === null) return -1;
    this.#hand(event.name, read, read.end - from);
    return this.#count(event, from, read.end);
  }

  #count(event: EventName, from: number, end: number): number {
    if (end < 0) return end;
    event.count += 1;
    event.bytes = end - from;
    return end;
  }

  /** A frame that does not begin with the name of its event. */
  #readUncommon(bytes: Buffer, from: number, to: number): number {
    const isText = isCommandText(bytes, from, to);
    const end = isText ? commandTextEnd(bytes, from, to) : blankLineEnd(bytes, from, to);
    const read = end < 0 ? null : isText ? readCommandText(bytes, from, end) : readFields(bytes, from, end);
    if (read === null) return -1;
    const isAnswer = read.fields[0]?.[0].toLowerCase() === 'response';
    const name = isAnswer ? null : fieldOf(read.fields, 'Event');
    if (name) {
      const event = this.#names.of(Buffer.from(name), 0, Buffer.byteLength(name));
      if (!event.skipped) this.#hand(event.name, read, end - from);
      return this.#count(event, from, end);
    }
    this.#malformedLines += read.malformedLines;
    if (fieldOf(read.fields, 'Response') !== null)
      this.#handlers.onResponse({ fields: read.fields, bytes: end - from });
    else if (read.fields.length > 0) this.#namelessFrames += 1;
    return end;
  }

  #hand(event: string, { fields, latin1, malformedLines }: FrameFields, bytes: number): void {
    this.#malformedLines += malformedLines;
    this.#handlers.onFrame({ event, fields, latin1, bytes });
  }
}

function startsWithEvent(bytes: Buffer, from: number): boolean {
  for (let i = 0; i < EVENT.length; i += 1) if (bytes[from + i] !== EVENT[i]) return false;
  return true;
}

/** Where the line ends, without its CR and LF; -1 when that is not before `to`. */
function lineEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== LF) at += 1;
  if (at === to) return -1;
  return bytes[at - 1] === CR ? at - 1 : at;
}

function beginsAsAmi(bytes: Buffer): boolean {
  return BEGINNINGS.some((one) => one.slice(0, bytes.length) === bytes.toString('latin1', 0, one.length));
}
