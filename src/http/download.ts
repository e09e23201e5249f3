import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Reply } from './route.ts';

/** Sends pieces of text as they come, no faster than the client reads; an error breaks the answer off, so that it is seen. */
export function download(
  { type, filename }: { readonly type: string; readonly filename: string },
  pieces: AsyncIterable<string | Buffer> | Iterable<string | Buffer>,
): Reply {
  return {
    async stream(response: Response) {
      response.status(200).type(type).setHeader('Content-Disposition', `attachment; filename="${filename}"`);
      try {
        await pipeline(Readable.from(pieces, { objectMode: true }), response);
      } catch (error) {
        // a client that goes away before the end is no failure of ours
        if (!response.destroyed || !isGone(error)) throw error;
      }
    },
  };
}

/** One JSON value a line. */
export async function* ndjsonLines(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string, void> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
