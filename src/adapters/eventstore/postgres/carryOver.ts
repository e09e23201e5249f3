import type pg from 'pg';
import { CommslogError } from '../../../errors.ts';
import { createPool } from '../../../postgres.ts';
import { toLogError } from './errors.ts';
import { migrate } from './schema.ts';

const SCHEMA = 'log';
/** Events that are copied and compared at once, and of what they hold together; one larger event goes alone. */
const MAX_EVENTS = 1_000;
const MAX_BYTES = 8 * 1024 * 1024;

export type CarryProgress = { readonly step: 'copying' | 'comparing'; readonly events: number };

export type CarryOptions = {
  readonly onProgress: (progress: CarryProgress) => void;
  readonly signal: AbortSignal;
};

/**
 * Copies the log as it stands, with its positions, its id and the places of erased events, into a database that has none;
 * so whoever has read the log up to a position goes on from there. Then reads both and compares them, page by page. The
 * number of events; 0 when the log is elsewhere.
 * Errors: `LOG_DIFFERS`, `SCHEMA_TOO_NEW`, those of `toLogError`; throws what `signal` was aborted with.
 */
export async function carryOverLog(from: string, to: string, options: CarryOptions): Promise<number> {
  const [source, target] = [createPool(from, { max: 1 }), createPool(to, { max: 1 })];
  try {
    const version = await versionOf(source);
    if (version === 0) return 0;
    await migrate(target, SCHEMA, version);
    await copy(source, target, options);
    return await compare(source, target, options);
  } catch (error) {
    throw toLogError(error);
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}

async function versionOf(pool: pg.Pool): Promise<number> {
  const found = await one<{ found: boolean }>(pool, `select to_regclass('${SCHEMA}.migration') is not null as found`);
  if (!found.found) return 0;
  return (await one<{ version: number }>(pool, `select max(version) as version from ${SCHEMA}.migration`)).version;
}

async function copy(source: pg.Pool, target: pg.Pool, { onProgress, signal }: CarryOptions): Promise<void> {
  let copied = 0;
  for (let after = 0n; ; ) {
    signal.throwIfAborted();
    // as PostgreSQL itself writes a row: nothing is read on the way, so nothing is read wrongly
    const { rows } = await source.query<{ position: bigint; line: string }>(PAGE, [after, MAX_EVENTS, MAX_BYTES]);
    const last = rows.at(-1);
    if (last === undefined) break;
    await target.query(`insert into ${SCHEMA}.event select * from unnest($1::${SCHEMA}.event[])`, [
      rows.map(({ line }) => line),
    ]);
    after = last.position;
    copied += rows.length;
    onProgress({ step: 'copying', events: copied });
  }
  const { position } = await one<{ position: bigint }>(source, `select position from ${SCHEMA}.head`);
  await target.query(`update ${SCHEMA}.head set position = $1`, [position]);
}

async function compare(source: pg.Pool, target: pg.Pool, { onProgress, signal }: CarryOptions): Promise<number> {
  let compared = 0;
  for (let after = 0n; ; after += BigInt(MAX_EVENTS)) {
    signal.throwIfAborted();
    const both = [source, target].map((pool) => one<Digest>(pool, DIGEST, [after, after + BigInt(MAX_EVENTS)]));
    const [original, copied] = await Promise.all(both);
    if (original === undefined || JSON.stringify(original.of) !== JSON.stringify(copied?.of)) {
      throw new CommslogError(
        'LOG_DIFFERS',
        `The copy differs from the log behind position ${after}: nothing was changed.`,
      );
    }
    compared += original.events;
    onProgress({ step: 'comparing', events: compared });
    if (original.is_last) return compared;
  }
}

/** The next rows whose sum is not too large, and the first one whatever it holds. */
const PAGE = `
  select position, line
    from (select position, line, sum(octet_length(line)) over (order by position) as bytes
            from (select position, event::text as line from ${SCHEMA}.event
                   where position > $1 order by position limit $2) as page) as counted
   where bytes - octet_length(line) < $3
   order by position`;

type Digest = { readonly events: number; readonly of: unknown; readonly is_last: boolean };

/** Of the events in a stretch of positions, and of how the log ends. */
const DIGEST = `
  select count(*)::int as events,
         json_build_array(
           count(*),
           encode(sha256(convert_to(string_agg(encode(sha256(convert_to(event::text, 'UTF8')), 'hex'), ''
                                               order by position), 'UTF8')), 'hex'),
           (select position from ${SCHEMA}.head)) as of,
         not exists (select from ${SCHEMA}.event where position > $2) as is_last
    from ${SCHEMA}.event where position > $1 and position <= $2`;

async function one<R extends pg.QueryResultRow>(pool: pg.Pool, text: string, values: unknown[] = []): Promise<R> {
  const [row] = (await pool.query<R>(text, values)).rows;
  if (row === undefined) throw new CommslogError('LOG_DIFFERS', 'The log has lost a table: restore it.');
  return row;
}
