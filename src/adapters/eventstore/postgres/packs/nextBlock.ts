import type pg from 'pg';
import { proveContiguous } from '../contiguous.ts';
import type { Told } from './packBody.ts';

/** Of what is packed together, beside one larger event. */
const MAX_BYTES = 8 * 1024 * 1024;

/** An event as it stands in its table, data and metadata as text; null: its stream was erased. */
export type Loose = {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
} & (Told | { readonly type: string; readonly data: null; readonly metadata: null });

/**
 * The oldest events that are not packed: `events` of them, or fewer that hold as many bytes as one block may. None when there
 * are not so many. Errors: `LOG_HOLE`.
 */
export async function nextBlock(client: pg.PoolClient, schema: string, events: number): Promise<readonly Loose[]> {
  const { rows: ends } = await client.query<{ packed: bigint; head: bigint }>(
    `select (select coalesce(max(block), 0) from ${schema}.pack) as packed, (select position from ${schema}.head) as head`,
  );
  const { packed, head } = ends[0] ?? { packed: 0n, head: 0n };
  const { rows } = await client.query<Loose>(
    `select position, stream, revision, id, type, data, metadata
       from (select *, sum(octet_length(data) + octet_length(metadata)) over (order by position) as bytes
               from (select position, stream, revision, id, type, data::text, metadata::text
                       from ${schema}.event where position > $1 order by position limit $2) as page) as counted
      where coalesce(bytes - octet_length(data) - octet_length(metadata), 0) < $3
      order by position`,
    [packed, events, MAX_BYTES],
  );
  proveContiguous(packed, rows);
  const isWhole = rows.length === events || packed + BigInt(rows.length) < head;
  return isWhole ? rows : [];
}
