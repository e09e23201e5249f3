import type pg from 'pg';
import type { RecordedEvent } from '../../../domain/events.ts';
import { CommslogError } from '../../../errors.ts';
import type { ReadStreamOptions, StreamFilter } from '../../../ports/eventStore.ts';
import type { Stretch } from '../resumed.ts';
import { toLogError } from './errors.ts';

const PAGE_EVENTS = 500;
const LAST_REVISION = 2n ** 63n - 1n;

/** The wanted events of one statement's worth of the log. */
type LogPage = Stretch & {
  /** there may be more behind it */
  readonly full: boolean;
};

type Row = RecordedEvent | { readonly position: bigint; readonly stream: null };

export type Reader = {
  /** Pages up to where the log ends, without a hole; the next one is read while the consumer works on this one. */
  readPages(after: bigint, filter: StreamFilter | undefined): AsyncIterable<Stretch>;
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<readonly RecordedEvent[]>;
  head(): Promise<bigint>;
};

/** Reads page by page, each with one statement; between two pages no connection is held. */
export function createReader(pool: pg.Pool, schema: string): Reader {
  const query = async <R extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<R[]> => {
    try {
      return (await pool.query<R>(statement)).rows;
    } catch (error) {
      throw toLogError(error);
    }
  };

  const readPage = async (after: bigint, filter: StreamFilter | undefined): Promise<LogPage> => {
    const rows = await query<Row>({
      name: `${schema}.read_page`,
      // unwanted and erased events still give their position: that is the proof that none is missing
      text: `select place.position, e.stream, e.revision, e.id, e.type, e.data, e.metadata
               from (select * from ${schema}.event where position > $1 order by position limit $2) as place
               left join lateral (
                 select place.stream, place.revision, place.id, place.type, place.data, place.metadata
                 where place.data is not null
                   and ($3::text[] is null
                        or exists (select from unnest($3::text[]) as prefix where starts_with(place.stream, prefix)))
               ) as e on true
               order by place.position`,
      values: [after, PAGE_EVENTS, filter?.streamPrefixes ?? null],
    });
    proveContiguous(after, rows);
    return {
      events: rows.filter((row) => row.stream !== null),
      end: after + BigInt(rows.length),
      full: rows.length === PAGE_EVENTS,
    };
  };

  return {
    async *readPages(after, filter) {
      for (let next: Promise<LogPage> | null = readPage(after, filter); next; ) {
        const page: LogPage = await next;
        next = page.full ? readPage(page.end, filter) : null;
        // that it failed is told when it is this page's turn, unless nobody wants it any more
        next?.catch(() => {});
        yield page;
      }
    },

    async *readStream(stream, options = {}) {
      const backwards = options.direction === 'backwards';
      const [compare, order] = backwards ? ['<=', 'desc'] : ['>=', 'asc'];
      const limit = options.limit ?? Number.POSITIVE_INFINITY;
      let from = options.from ?? (backwards ? LAST_REVISION : 0n);
      for (let read = 0; read < limit; ) {
        const size = Math.min(PAGE_EVENTS, limit - read);
        const events = await query<RecordedEvent>({
          text: `select position, stream, revision, id, type, data, metadata from ${schema}.event
                 where stream = $1 and revision ${compare} $2 and data is not null
                 order by revision ${order} limit $3`,
          values: [stream, from, size],
        });
        const last = events.at(-1);
        if (last === undefined) return;
        yield events;
        if (events.length < size) return;
        read += events.length;
        from = backwards ? last.revision - 1n : last.revision + 1n;
      }
    },

    async head() {
      const rows = await query<{ position: bigint }>({ text: `select position from ${schema}.head` });
      return rows[0]?.position ?? 0n;
    },
  };
}

/** Positions are handed out without holes under the head's lock: a hole means that somebody deleted a row. */
function proveContiguous(after: bigint, rows: readonly { readonly position: bigint }[]): void {
  let expected = after;
  for (const { position } of rows) {
    expected += 1n;
    if (position !== expected)
      throw new CommslogError('LOG_HOLE', `the log has no event at position ${expected}, but one at ${position}`);
  }
}
