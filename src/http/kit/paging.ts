import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Reply } from './route.ts';

export type PageQuery = {
  readonly cursor?: string | undefined;
  readonly limit: number;
  /** path and query as they came, for the link to the next page */
  readonly url: string;
};

/**
 * One page of a list by keyset, with its `Link: rel="next"` (RFC 8288). `filter` is whatever else decides what is in
 * the list, the path included where lists of several paths look alike: a cursor is good for the same filter only.
 * What is `beside` the items stands beside them in the answer.
 */
export async function pageReply<S extends z.ZodType>(
  { cursor, limit, url }: PageQuery,
  filter: unknown,
  keySchema: S,
  read: (
    after: z.output<S> | null,
    limit: number,
  ) => Promise<{ items: readonly unknown[]; next: z.output<S> | null; beside?: object }>,
): Promise<Reply> {
  const {
    items,
    next,
    beside = {},
  } = await read(cursor === undefined ? null : decodeCursor(cursor, filter, keySchema), limit);
  const nextCursor = next === null ? null : encodeCursor(filter, next);
  return {
    status: 200,
    headers: nextCursor === null ? {} : { Link: `<${withCursor(url, nextCursor)}>; rel="next"` },
    json: { ...beside, items, page: { next_cursor: nextCursor, has_more: nextCursor !== null } },
  };
}

/** The key of a list of the read model: it goes on in the version in which it was begun. */
export function inVersion<K extends z.ZodType>(key: K) {
  return z.strictObject({ version: z.int32().min(1), key });
}

function withCursor(url: string, cursor: string): string {
  const next = new URL(url, 'http://localhost');
  next.searchParams.set('cursor', cursor);
  return `${next.pathname}${next.search}`;
}
