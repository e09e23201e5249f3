import type pg from 'pg';
import { CommslogError } from '../../../errors.ts';
import type { OutgoingEvent } from '../../../log/outgoing.ts';
import type { AppendResult, ExpectedRevision } from '../../../ports/eventStore.ts';

export type Append = {
  readonly stream: string;
  readonly events: readonly OutgoingEvent[];
  readonly expected: ExpectedRevision;
  /** where the log ends, in a transaction that has locked it */
  readonly head: bigint;
};

type StoredId = { revision: bigint; position: bigint; id: string; erased: boolean };

/**
 * Writes of one append what is not there yet, inside a transaction that holds the head: what stands right after `expected`
 * must be its ids in the same order. Errors: `WRONG_EXPECTED_REVISION`, `STREAM_DELETED`; nothing is written then.
 */
export async function writeAppend(
  client: pg.PoolClient,
  schema: string,
  append: Append,
): Promise<{ result: AppendResult; head: bigint }> {
  const { stream, events, expected, head } = append;
  const after = expected === 'no_stream' ? -1n : expected;
  // what stands at `expected`, where this append would go, and one more
  const { rows } = await client.query<StoredId>({
    name: `${schema}.stored_ids`,
    text: `select revision, position, id, data is null as erased from ${schema}.event
           where stream = $1 and revision >= $2 order by revision limit $3`,
    values: [stream, after, events.length + 2],
  });
  if (rows.some((row) => row.erased)) throw deleted(stream);
  const [before, behind] = after < 0n ? [undefined, rows] : [rows[0], rows.slice(1)];
  const endsBefore = after >= 0n && before?.revision !== after;
  const isEmptyCheck = events.length === 0;
  if (endsBefore || (isEmptyCheck ? behind.length > 0 : !beginsWith(events, behind)))
    throw await refusal(client, schema, stream, expected);
  const revision = after + BigInt(events.length);
  const missing = events.slice(behind.length);
  if (missing.length === 0) {
    const last = isEmptyCheck ? before : behind[events.length - 1];
    return { result: { revision, position: last?.position ?? 0n }, head };
  }
  await insert(client, schema, { ...append, events: missing }, after + BigInt(behind.length));
  const position = head + BigInt(missing.length);
  return { result: { revision, position }, head: position };
}

/** Whether what stands is a first part of the events, or all of them and more. */
function beginsWith(events: readonly OutgoingEvent[], standing: readonly StoredId[]): boolean {
  return events.every(({ id }, index) => standing[index] === undefined || standing[index].id === id);
}

async function insert(client: pg.PoolClient, schema: string, append: Append, after: bigint): Promise<void> {
  const { stream, events, head } = append;
  await client.query({
    name: `${schema}.insert_events`,
    // JSON text, ids and types hold no line feed, so one parameter carries all of them and needs no quoting
    text: `with added as (
             insert into ${schema}.event (position, stream, revision, id, type, data, metadata)
             select $1::bigint + n, $2::text, $3::bigint + n, id::uuid, type, data::json, metadata::json
             from unnest(
               string_to_array($4, E'\\n'), string_to_array($5, E'\\n'),
               string_to_array($6, E'\\n'), string_to_array($7, E'\\n')
             ) with ordinality as e (id, type, data, metadata, n)
           )
           update ${schema}.head set position = $1::bigint + $8::bigint`,
    values: [
      head,
      stream,
      after,
      lines(events, (event) => event.id),
      lines(events, (event) => event.type),
      lines(events, (event) => event.data),
      lines(events, (event) => event.metadata),
      events.length,
    ],
  });
}

function lines(events: readonly OutgoingEvent[], of: (event: OutgoingEvent) => string): string {
  return events.map(of).join('\n');
}

async function refusal(
  client: pg.PoolClient,
  schema: string,
  stream: string,
  expected: ExpectedRevision,
): Promise<CommslogError> {
  const { rows } = await client.query<{ revision: bigint; erased: boolean }>(
    `select revision, data is null as erased from ${schema}.event
     where stream = $1 order by revision desc limit 1`,
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
