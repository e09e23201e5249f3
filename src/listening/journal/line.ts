import { crc32 } from 'node:zlib';
import type { JsonObject } from '../../domain/events.ts';

/** Longer lines are written by nobody: what stands between two line feeds past this is damage. */
export const MAX_LINE_BYTES = 32 * 1024 * 1024;

const CHECKSUM_LENGTH = 8;
const LINE_FEED = 10;
const SPACE = 32;

/** A record and its number; numbers have no gaps, and a record that was written twice has one. */
export type Numbered = { readonly number: number; readonly record: JsonObject };

/** A record as a line of its own: the CRC-32 of what follows in eight hexadecimal digits, a space, `[number,record]`. */
export function toLine({ number, record }: Numbered): Buffer {
  const json = Buffer.from(JSON.stringify([number, record]));
  const line = Buffer.allocUnsafe(CHECKSUM_LENGTH + 1 + json.length + 1);
  line.write(checksumOf(json), 'latin1');
  line[CHECKSUM_LENGTH] = SPACE;
  json.copy(line, CHECKSUM_LENGTH + 1);
  line[line.length - 1] = LINE_FEED;
  return line;
}

/** What a line (without its line feed) says; null when it is not as it was written. */
export function fromLine(line: Buffer): Numbered | null {
  const json = line.subarray(CHECKSUM_LENGTH + 1);
  if (line[CHECKSUM_LENGTH] !== SPACE || line.toString('latin1', 0, CHECKSUM_LENGTH) !== checksumOf(json)) return null;
  return numbered(JSON.parse(json.toString()));
}

/** The checksum vouches for what is inside; this only tells the compiler. */
function numbered(value: unknown): Numbered | null {
  if (!Array.isArray(value)) return null;
  const [number, record]: readonly unknown[] = value;
  return typeof number === 'number' && isObject(record) ? { number, record } : null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checksumOf(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(CHECKSUM_LENGTH, '0');
}
