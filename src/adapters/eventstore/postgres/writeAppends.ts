import type pg from 'pg';
import { CommslogError } from '../../../errors.ts';
import type { OutgoingEvent } from '../../../log/outgoing.ts';
import type { AppendResult, ExpectedRevision } from '../../../ports/eventStore.ts';

export type Append = {
  readonly stream: string;
  readonly events: readonly OutgoingEvent[];
  readonly expected: ExpectedRevision;
};

/** `WRONG_EXPECTED_REVISION`, `STREAM_DELETED`: nothing of this append is written then. */
export type Written = { readonly result: AppendResult } | { readonly refused: CommslogError };

type StoredId = { n: number; revision: bigint; position: bigint; id: string; erased: boolean };
type Missing = { readonly stream: string; readonly revision: bigint; readonly event: OutgoingEvent };

/**
 * Writes of appends to different streams what is not there yet, inside a transaction that holds the head: what stands right
 * after `expected` must be an append's ids in the same order. Two statements, however many appends; `head` is where the log
 * ends before and after them.
 */
export async function writeAppends(
  client: pg.PoolClient,
  schema: string,
  appends: readonly Append[],
  head: bigint,
): Promise<{ readonly written: readonly Written[]; readonly head: bigint }> {
  const standing = await storedIds(client, schema, appends);
  const missing: Missing[] = [];
  const written: Written[] = [];
  for (const [index, append] of appends.entries()) {
    const rest = missingIn(append, standing.get(index) ?? []);
    if (rest === 'erased') written.push({ refused: deleted(append.stream) });
    else if (rest === 'refused') written.push({ refused: await refusal(client, schema, append) });
    else {
      missing.push(...rest.missing);
      const { revision, position } = rest;
      written.push({ result: { revision, position: position ?? head + BigInt(missing.length) } });
    }
  }
  if (missing.length > 0) await insert(client, schema, missing, head);
  return { written, head: head + BigInt(missing.length) };
}

/** What stands at `expected`, where the append would go, and one more; by the place of the append. */
async function storedIds(client: pg.PoolClient, schema: string, appends: readonly Append[]) {
  const { rows } = await client.query<StoredId>({
    name: `${schema}.stored_ids`,
    text: `select n::int, revision, position, id, erased
           from unnest($1::text[], $2::bigint[], $3::int[]) with ordinality as wanted (stream, first, most, n)
           cross join lateral (
             (select p.first_revision + at - 1 as revision, p.block - p.before_end[at] as position, p.ids[at] as id,
                     p.body is null as erased
                from ${schema}.pack as p cross join lateral generate_subscripts(p.ids, 1) as at
               where p.stream = wanted.stream and p.first_revision + at > wanted.first
                 and p.first_revision >= coalesce((select max(first_revision) from ${schema}.pack
                                                    where stream = wanted.stream and first_revision <= wanted.first), 0)
               order by p.first_revision, at limit wanted.most)
             union all
             (select revision, position, id, data is null from ${schema}.event
               where stream = wanted.stream and revision >= wanted.first order by revision limit wanted.most)
             order by revision limit wanted.most
           ) as standing
           order by n, revision`,
    values: [
      appends.map(({ stream }) => stream),
      appends.map(({ expected }) => endOf(expected)),
      appends.map(({ events }) => events.length + 2),
    ],
  });
  const standing = new Map<number, StoredId[]>();
  for (const row of rows) {
    const own = standing.get(row.n - 1);
    if (own) own.push(row);
    else standing.set(row.n - 1, [row]);
  }
  return standing;
}

function endOf(expected: ExpectedRevision): bigint {
  return expected === 'no_stream' ? -1n : expected;
}

/** `position` is null where it is only known once the missing events are written. */
function missingIn({ stream, events, expected }: Append, rows: readonly StoredId[]) {
  if (rows.some((row) => row.erased)) return 'erased';
  const after = endOf(expected);
  const [before, behind] = after < 0n ? [undefined, rows] : [rows[0], rows.slice(1)];
  const endsBefore = after >= 0n && before?.revision !== after;
  const isEmptyCheck = events.length === 0;
  if (endsBefore || (isEmptyCheck ? behind.length > 0 : !beginsWith(events, behind))) return 'refused';
  const revision = after + BigInt(events.length);
  const first = after + 1n + BigInt(behind.length);
  const missing = events
    .slice(behind.length)
    .map((event, index): Missing => ({ stream, revision: first + BigInt(index), event }));
  if (missing.length > 0) return { missing, revision, position: null };
  const last = isEmptyCheck ? before : behind[events.length - 1];
  return { missing, revision, position: last?.position ?? 0n };
}

/** Whether what stands is a first part of the events, or all of them and more. */
function beginsWith(events: readonly OutgoingEvent[], standing: readonly StoredId[]): boolean {
  return events.every(({ id }, index) => standing[index] === undefined || standing[index].id === id);
}

async function insert(client: pg.PoolClient, schema: string, missing: readonly Missing[], head: bigint): Promise<void> {
  await client.query({
    name: `${schema}.insert_events`,
    // JSON text, names, ids and types hold no line feed, so one parameter carries all of them and needs no quoting
    text: `with added as (
             insert into ${schema}.event (position, stream, revision, id, type, data, metadata)
             select $1::bigint + n, stream, revision::bigint, id::uuid, type, data::json, metadata::json
             from unnest(
               string_to_array($2, E'\\n'), string_to_array($3, E'\\n'), string_to_array($4, E'\\n'),
               string_to_array($5, E'\\n'), string_to_array($6, E'\\n'), string_to_array($7, E'\\n')
             ) with ordinality as e (stream, revision, id, type, data, metadata, n)
           )
           update ${schema}.head set position = $1::bigint + $8::bigint`,
    values: [
      head,
      lines(missing, ({ stream }) => stream),
      lines(missing, ({ revision }) => `${revision}`),
      lines(missing, ({ event }) => event.id),
      lines(missing, ({ event }) => event.type),
      lines(missing, ({ event }) => event.data),
      lines(missing, ({ event }) => event.metadata),
      missing.length,
    ],
  });
}

function lines(missing: readonly Missing[], of: (one: Missing) => string): string {
  return missing.map(of).join('\n');
}

async function refusal(client: pg.PoolClient, schema: string, { stream, expected }: Append): Promise<CommslogError> {
  const { rows } = await client.query<{ revision: bigint; erased: boolean }>(
    `(select revision, data is null as erased from ${schema}.event where stream = $1 order by revision desc limit 1)
     union all
     (select first_revision + cardinality(ids) - 1, body is null from ${schema}.pack
       where stream = $1 order by first_revision desc limit 1)
     order by revision desc limit 1`,
    [stream],
  );
  if (rows[0]?.erased) return deleted(stream);
  return new CommslogError(
    'WRONG_EXPECTED_REVISION',
    `stream ${stream} is at ${rows[0]?.revision ?? 'no_stream'}, not at ${expected}`,
  );
}

function deleted(stream: string): CommslogError {
  return new CommslogError('STREAM_DELETED', `stream ${stream} was erased and takes no more events`);
}
