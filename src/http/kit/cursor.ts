import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CommslogError } from '../../errors.ts';

/** Raised when what a cursor holds changes: older ones are then refused instead of misread. */
const CURSOR_VERSION = 2;

const cursorSchema = z.strictObject({ v: z.literal(CURSOR_VERSION), f: z.string(), k: z.unknown() });

/** An opaque cursor: where the page after `key` of the list with this filter begins. */
export function encodeCursor(filter: unknown, key: unknown): string {
  return Buffer.from(JSON.stringify({ v: CURSOR_VERSION, f: fingerprint(filter), k: key })).toString('base64url');
}

/** Errors: `BAD_REQUEST` when it is none of ours, or belongs to a list with another filter. */
export function decodeCursor<S extends z.ZodType>(cursor: string, filter: unknown, keySchema: S): z.output<S> {
  const parsed = cursorSchema.safeParse(jsonOf(cursor));
  const key = parsed.success ? keySchema.safeParse(parsed.data.k) : null;
  if (!parsed.success || !key?.success) throw new CommslogError('BAD_REQUEST', 'The cursor is not one of ours.');
  if (parsed.data.f !== fingerprint(filter)) {
    throw new CommslogError('BAD_REQUEST', 'The cursor belongs to a list with other filters.');
  }
  return key.data;
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function fingerprint(filter: unknown): string {
  return createHash('sha256').update(JSON.stringify(filter)).digest('base64url').slice(0, 16);
}
