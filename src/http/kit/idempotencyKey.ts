import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { CommslogError } from '../../errors.ts';

export const idempotencyKeyHeader = z.object({
  'idempotency-key': z.string().optional().meta({ description: 'the same request with the same key is done once' }),
});

/** Error: `BAD_REQUEST`. */
export function idempotencyKeyOf({ headers }: IncomingMessage): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw new CommslogError('BAD_REQUEST', 'An Idempotency-Key has 1 to 255 visible ASCII characters.');
}
