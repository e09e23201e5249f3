import { partsOfStream, streamOf } from '../../domain/events.ts';
import { nameOf } from '../../errorPolicy.ts';
import { CommslogError } from '../../errors.ts';
import type { EventPlace } from './batch.ts';
import type { Sql } from './transaction.ts';

/** An event that could not be projected, and why, without what it holds. */
export type Parked = { readonly event: EventPlace; readonly error: string };

/** What a row of a call says whose stream has a parked event. */
export const EVENT_PARKED = 'event_parked';

/** Why it is parked. The text of an error that is not ours may quote the event, so only its name is kept. */
export function reasonToPark(error: unknown): string {
  const cause = error instanceof CommslogError && error.cause !== undefined ? error.cause : error;
  if (cause instanceof CommslogError) return `${cause.code}: ${cause.message}`;
  return nameOf(cause);
}

export async function park(sql: Sql, { event, error }: Parked, parkedAt: string): Promise<void> {
  await sql(
    `insert into parked (position, stream, revision, event_id, type, error, parked_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [event.position, event.stream, event.revision, event.id, event.type, error, parkedAt],
  );
}

/** Says why an event is still parked. */
export async function parkStill(sql: Sql, position: bigint, error: string): Promise<void> {
  await sql('update parked set error = $2 where position = $1', [position, error]);
}

export async function isParked(sql: Sql, position: bigint): Promise<boolean> {
  return (await sql('select 1 from parked where position = $1', [position])).length > 0;
}

export async function unpark(sql: Sql, position: bigint): Promise<void> {
  await sql('delete from parked where position = $1', [position]);
}

export async function withoutParked<E extends Pick<EventPlace, 'stream' | 'position'>>(
  sql: Sql,
  events: readonly E[],
): Promise<readonly E[]> {
  const parked = await parkedIn(sql, [...new Set(events.map(({ stream }) => stream))]);
  return events.filter(({ stream, position }) => !parked.get(stream)?.has(position));
}

export async function parkedPositions(sql: Sql): Promise<ReadonlySet<bigint>> {
  return new Set((await sql<{ position: bigint }>('select position from parked')).map(({ position }) => position));
}

/** The call of a `call-` or `cdr-` stream: whose keys a parked event concerns. Null for other streams. */
export function callOfStream(stream: string): { readonly pbx: string; readonly key: string } | null {
  const { kind, id } = partsOfStream(stream);
  const [, pbx, key] = /^([a-z0-9_]+)-(.+)$/.exec(id) ?? [];
  return (kind !== 'call' && kind !== 'cdr') || pbx === undefined || key === undefined ? null : { pbx, key };
}

/** Those of the streams that have parked events, with the positions of these. */
export async function parkedIn(
  sql: Sql,
  streams: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<bigint>>> {
  const rows = await sql<{ stream: string; positions: string[] }>(
    'select stream, array_agg(position) as positions from parked where stream = any($1) group by stream',
    [streams],
  );
  return new Map(rows.map(({ stream, positions }) => [stream, new Set(positions.map(BigInt))]));
}

/** The streams where facts of a call with these keys may be parked. */
export function streamsOfKeys(pbx: string, keys: Iterable<string>): string[] {
  return [...keys].flatMap((key) => [streamOf.call(pbx, key), streamOf.record(pbx, key)]);
}
