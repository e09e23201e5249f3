import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { escaped } from '../../escaped.ts';
import type { Reply } from '../kit/route.ts';

export const NDJSON = 'application/x-ndjson';

/** One of which nothing was sent for so long, because we have nothing or the client takes nothing, is broken off. */
const SILENT_MS = 60_000;

type Pieces = AsyncIterable<string | Buffer>;

/**
 * Sends pieces as they come, no faster than the client reads, once there is a first one. An error before that is answered
 * like any other; a later one breaks the answer off, so that nobody takes a part for the whole.
 */
export async function download(
  what: { readonly type: string; readonly filename: string },
  pieces: Pieces,
  silentMs = SILENT_MS,
): Promise<Reply> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  return {
    async stream(response: Response) {
      response.setTimeout(silentMs, () => response.destroy());
      response.status(200).type(what.type).setHeader('Content-Disposition', `attachment; filename="${what.filename}"`);
      if (first.done) {
        response.end();
        return;
      }
      try {
        await pipeline(Readable.from(startingWith(first.value, iterator)), response);
      } catch (error) {
        // a client that goes away before the end is no failure of ours
        if (!isGone(error)) throw error;
      }
    },
  };
}

/** One JSON value a line. */
export async function* ndjson(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<string, void> {
  for await (const value of values) yield `${escaped(JSON.stringify(value))}\n`;
}

async function* startingWith<T>(first: T, rest: AsyncIterator<T>): AsyncGenerator<T, void> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
