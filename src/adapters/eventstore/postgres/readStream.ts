import type { RecordedEvent } from '../../../domain/events.ts';
import type { ReadStreamOptions } from '../../../ports/eventStore.ts';
import { type Pack, unpack } from './packs/unpack.ts';
import type { Query } from './query.ts';
import { type EventRow, eventOf, NO_EVENT, NO_PACK } from './rows.ts';

const PAGE_EVENTS = 500;
/** A call lies in one or two. */
const PAGE_PACKS = 4;
const LAST_REVISION = 2n ** 63n - 1n;

type Row = EventRow | Pack;

/**
 * The events of a stream. A page is one statement: what is packed of the stream comes before the rest of it, and what is
 * packed meanwhile is seen where it was or where it is. Errors: `LOG_HOLE`, those of `toLogError`.
 */
export async function* readStream(
  query: Query,
  schema: string,
  stream: string,
  { from: first, direction, limit = Number.POSITIVE_INFINITY }: ReadStreamOptions = {},
): AsyncGenerator<readonly RecordedEvent[]> {
  const isBackwards = direction === 'backwards';
  let from = first ?? (isBackwards ? LAST_REVISION : 0n);
  for (let left = limit; left > 0; ) {
    const [mostEvents, mostPacks] = [Math.min(PAGE_EVENTS, left), Math.min(PAGE_PACKS, left)];
    const rows = await query<Row>({
      name: `${schema}.read_stream_${isBackwards ? 'backwards' : 'forwards'}`,
      text: isBackwards ? pageBackwards(schema) : pageForwards(schema),
      values: [stream, from, mostEvents, mostPacks],
    });
    for (const batch of batches(rows, { from, isBackwards, most: left })) {
      yield batch;
      left -= batch.length;
      const last = batch.at(-1)?.revision ?? from;
      from = isBackwards ? last - 1n : last + 1n;
    }
    const packs = rows.filter(({ block }) => block !== null).length;
    if (packs < mostPacks && rows.length - packs < mostEvents) return;
  }
}

type Wanted = { readonly from: bigint; readonly isBackwards: boolean; readonly most: number };

function* batches(rows: readonly Row[], { from, isBackwards, most }: Wanted): Generator<readonly RecordedEvent[]> {
  let batch: RecordedEvent[] = [];
  let left = most;
  for (const event of eventsIn(rows, from, isBackwards)) {
    batch.push(event);
    left -= 1;
    if (batch.length === PAGE_EVENTS || left === 0) {
      yield batch;
      batch = [];
    }
    if (left === 0) return;
  }
  if (batch.length > 0) yield batch;
}

function* eventsIn(rows: readonly Row[], from: bigint, isBackwards: boolean): Generator<RecordedEvent> {
  for (const row of rows) {
    if (row.block === null) yield eventOf(row);
    else yield* eventsOfPack(row, from, isBackwards);
  }
}

function* eventsOfPack(pack: Pack, from: bigint, isBackwards: boolean): Generator<RecordedEvent> {
  const read = unpack(pack);
  const [end, start] = [pack.ids.length, Number(from - pack.first_revision)];
  if (isBackwards) for (let index = Math.min(start, end - 1); index >= 0; index -= 1) yield read(index);
  else for (let index = Math.max(start, 0); index < end; index += 1) yield read(index);
}

/** What is not packed stands behind all packs: it is given only where these are fewer than the most. */
function pageForwards(schema: string): string {
  return `
    with packs as (
      select block, first_revision, before_end, ids, body, stream from ${schema}.pack
       where stream = $1 and body is not null and first_revision + cardinality(ids) > $2
         and first_revision >= coalesce(
               (select max(first_revision) from ${schema}.pack where stream = $1 and first_revision <= $2), 0)
       order by first_revision limit $4)
    select block, first_revision, before_end, ids, body, stream, ${NO_EVENT} from packs
    union all (
    select ${NO_PACK}, stream, position, revision, id, type, data, metadata from ${schema}.event
     where stream = $1 and revision >= $2 and data is not null and (select count(*) from packs) < $4
     order by revision limit $3)
    order by first_revision, revision`;
}

/** And the other way round. */
function pageBackwards(schema: string): string {
  return `
    with events as (
      select stream, position, revision, id, type, data, metadata from ${schema}.event
       where stream = $1 and revision <= $2 and data is not null
       order by revision desc limit $3)
    select ${NO_PACK}, stream, position, revision, id, type, data, metadata from events
    union all (
    select block, first_revision, before_end, ids, body, stream, ${NO_EVENT} from ${schema}.pack
     where stream = $1 and body is not null and first_revision <= $2 and (select count(*) from events) < $3
     order by first_revision desc limit $4)
    order by revision desc nulls last, first_revision desc`;
}
