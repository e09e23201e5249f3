import { isUtf8 } from 'node:buffer';
import type { Field } from '../../../ports/pbxSource.ts';

/** What stands in a frame: its fields in order, repeats kept; the keys that were read as Latin-1; lines without a colon. */
export type FrameFields = {
  readonly fields: readonly Field[];
  readonly latin1: readonly string[];
  readonly malformedLines: number;
  /** index after the blank line */
  readonly end: number;
};

const CR = 13;
const SPACE = 32;

/**
 * Reads the frame that begins at `from`; null when its blank line is not before `to`. A line is split at its first
 * colon (values contain colons), one space after it is not part of the value. Where the bytes are UTF-8, key and value
 * are read as such, else as Latin-1, and the key is named.
 * All of `bytes[from, to)` stays in memory as long as one of the values does.
 */
export function readFields(bytes: Buffer, from: number, to: number): FrameFields | null {
  const text = bytes.toString('latin1', from, to);
  const ascii = isAscii(text);
  const fields: Field[] = [];
  const latin1: string[] = [];
  let malformedLines = 0;
  let colon = -1;
  for (let at = 0, lineFeed = text.indexOf('\n'); lineFeed >= 0; lineFeed = text.indexOf('\n', at)) {
    const end = lineFeed > at && bytes[from + lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
    if (end === at) return { fields, latin1, malformedLines, end: from + lineFeed + 1 };
    // A colon that was found past this line is kept: a frame of lines without any is not searched again and again.
    if (colon < at) colon = indexOrEnd(text, ':', at);
    if (colon > at && colon < end) {
      const key = text.substring(at, colon);
      const value = text.substring(bytes[from + colon + 1] === SPACE ? colon + 2 : colon + 1, end);
      fields.push(ascii ? [key, value] : decoded(key, value, latin1));
    } else {
      malformedLines += 1;
    }
    at = lineFeed + 1;
  }
  return null;
}

function indexOrEnd(text: string, letter: string, from: number): number {
  const index = text.indexOf(letter, from);
  return index < 0 ? text.length : index;
}

/** Of text that holds bytes as Latin-1; the cheapest way to ask, a regular expression costs half of the reading. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function decoded(key: string, value: string, latin1: string[]): Field {
  const utf8Key = asUtf8(key) ?? key;
  const utf8Value = asUtf8(value);
  if (utf8Value === null) latin1.push(utf8Key);
  return [utf8Key, utf8Value ?? value];
}

/** The text that these bytes are in UTF-8, or null if they are none. No lone surrogate can come out of it. */
function asUtf8(bytes: string): string | null {
  if (isAscii(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : null;
}
