import type { StreamFilter } from '../../../ports/eventStore.ts';
import type { Stretch } from '../resumed.ts';
import { proveContiguous } from './contiguous.ts';
import { type PackRow, stretchesOfBlock } from './packs/block.ts';
import type { Query } from './query.ts';
import { type EventRow, eventOf, NO_EVENT, NO_PACK } from './rows.ts';

const PAGE_EVENTS = 500;

/** An event that is unwanted or erased has only its position. */
type UnwantedRow = { readonly block: null; readonly position: bigint; readonly stream: null };
type Row = PackRow | EventRow | UnwantedRow;

/** What one statement tells of the log. */
type Page = {
  readonly stretches: Iterable<Stretch>;
  /** exclusive, as `after` */
  readonly end: bigint;
  /** there may be more behind it */
  readonly isFull: boolean;
};

/**
 * The wanted events up to where the log ends, without a hole; while the consumer works on one page the next one is read. A page
 * is one statement, either a whole block or of what is not packed: what is packed meanwhile is seen where it was or where it
 * is, never in both places and never in none.
 */
export async function* readLog(
  query: Query,
  schema: string,
  after: bigint,
  filter: StreamFilter | undefined,
): AsyncGenerator<Stretch> {
  const readPage = async (from: bigint): Promise<Page> => {
    const rows = await query<Row>({
      name: `${schema}.read_page`,
      text: pageOf(schema),
      values: [from, PAGE_EVENTS, filter?.streamPrefixes ?? null],
    });
    const packs = rows.filter(isPack);
    return packs.length > 0 ? ofBlock(from, packs) : ofEvents(from, rows.filter(isNotPack));
  };
  for (let next: Promise<Page> | null = readPage(after); next; ) {
    const { stretches, end, isFull }: Page = await next;
    next = isFull ? readPage(end) : null;
    // that it failed is told when it is this page's turn, unless nobody wants it any more
    next?.catch(() => {});
    yield* stretches;
  }
}

function ofBlock(after: bigint, packs: readonly PackRow[]): Page {
  return { stretches: stretchesOfBlock(packs, after, PAGE_EVENTS), end: packs[0]?.block ?? after, isFull: true };
}

function ofEvents(after: bigint, rows: readonly (EventRow | UnwantedRow)[]): Page {
  proveContiguous(after, rows);
  const end = after + BigInt(rows.length);
  const events = rows.filter((row) => row.stream !== null).map(eventOf);
  return { stretches: [{ events, end }], end, isFull: rows.length === PAGE_EVENTS };
}

function isPack(row: Row): row is PackRow {
  return row.block !== null;
}

function isNotPack(row: Row): row is EventRow | UnwantedRow {
  return row.block === null;
}

/** Unwanted and erased events still give their position: that is the proof that none is missing. */
function pageOf(schema: string): string {
  const isWanted = (stream: string) =>
    `($3::text[] is null or exists (select from unnest($3::text[]) as prefix where starts_with(${stream}, prefix)))`;
  return `
    with next as (select min(block) as block from ${schema}.pack where block > $1)
    select p.block, p.first_revision, p.before_end, wanted.ids, wanted.body, p.stream, ${NO_EVENT},
           (select coalesce(max(block), 0) from ${schema}.pack where block < p.block) as before_block
      from next join ${schema}.pack as p using (block)
      left join lateral (select p.ids, p.body where p.body is not null and ${isWanted('p.stream')}) as wanted on true
    union all (
    select ${NO_PACK}, e.stream, place.position, e.revision, e.id, e.type, e.data, e.metadata, null
      from (select * from ${schema}.event
             where position > $1 and (select block from next) is null order by position limit $2) as place
      left join lateral (
        select place.stream, place.revision, place.id, place.type, place.data, place.metadata
         where place.data is not null and ${isWanted('place.stream')}
      ) as e on true
     order by place.position)
    order by position`;
}
