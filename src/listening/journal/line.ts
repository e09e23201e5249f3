import { crc32 } from 'node:zlib';
import type { JsonObject } from '../../domain/events.ts';

/** Longer lines are written by nobody: what stands between two line feeds past this is damage. */
export const MAX_LINE_BYTES = 32 * 1024 * 1024;

const CHECKSUM_LENGTH = 8;
const LINE_FEED = 10;
const SPACE = 32;

/** A record and its number; numbers have no gaps, and a record that was written twice has one. */
export type Numbered = { readonly number: number; readonly record: JsonObject };

/**
 * What the lines of a file mean, said by the first of them. Files of format 1 have no such line. What an older program
 * would read wrongly takes the next number, and is read here for as long as such files may be there.
 */
export const FORMAT = 2;

/** What stands in a line: a record, or the format of the file. */
export type Line = ({ readonly kind: 'record' } & Numbered) | { readonly kind: 'header'; readonly format: number };

/** A record as a line of its own: the CRC-32 of what follows in eight hexadecimal digits, a space, `[number,record]`. */
export function toLine({ number, record }: Numbered): Buffer {
  return lineOf([number, record]);
}

/** The first line of a file. */
export const HEADER: Buffer = lineOf({ format: FORMAT });

/** What a line (without its line feed) says; null when it is not as it was written. */
export function fromLine(line: Buffer): Line | null {
  const json = line.subarray(CHECKSUM_LENGTH + 1);
  if (line[CHECKSUM_LENGTH] !== SPACE || line.toString('latin1', 0, CHECKSUM_LENGTH) !== checksumOf(json)) return null;
  return saidBy(JSON.parse(json.toString()));
}

function lineOf(value: JsonObject | readonly [number, JsonObject]): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const line = Buffer.allocUnsafe(CHECKSUM_LENGTH + 1 + json.length + 1);
  line.write(checksumOf(json), 'latin1');
  line[CHECKSUM_LENGTH] = SPACE;
  json.copy(line, CHECKSUM_LENGTH + 1);
  line[line.length - 1] = LINE_FEED;
  return line;
}

/** The checksum vouches for what is inside; this only tells the compiler. */
function saidBy(value: unknown): Line | null {
  if (isObject(value)) return typeof value.format === 'number' ? { kind: 'header', format: value.format } : null;
  if (!Array.isArray(value)) return null;
  const [number, record]: readonly unknown[] = value;
  return typeof number === 'number' && isObject(record) ? { kind: 'record', number, record } : null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checksumOf(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(CHECKSUM_LENGTH, '0');
}
