import type pg from 'pg';
import { CommslogError } from '../../../errors.ts';
import { createPool } from '../../../postgres.ts';
import { carriedTables, MAX_EVENTS, SCHEMA, type Table } from './carriedTables.ts';
import { toLogError } from './errors.ts';
import { migrate } from './schema.ts';

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
    const tables = carriedTables(version);
    await copy(source, target, tables, options);
    return await compare(source, target, tables, options);
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

async function copy(source: pg.Pool, target: pg.Pool, tables: readonly Table[], options: CarryOptions): Promise<void> {
  const { onProgress, signal } = options;
  let copied = 0;
  for (const { name, page } of tables) {
    for (let after = 0n; ; ) {
      signal.throwIfAborted();
      // as PostgreSQL itself writes a row: nothing is read on the way, so nothing is read wrongly
      const { rows } = await source.query<{ position: bigint; line: string; events: number }>(page, [after]);
      const last = rows.at(-1);
      if (last === undefined) break;
      await target.query(`insert into ${SCHEMA}.${name} select * from unnest($1::${SCHEMA}.${name}[])`, [
        rows.map(({ line }) => line),
      ]);
      after = last.position;
      copied += rows.reduce((sum, { events }) => sum + events, 0);
      onProgress({ step: 'copying', events: copied });
    }
  }
  const { position } = await one<{ position: bigint }>(source, `select position from ${SCHEMA}.head`);
  await target.query(`update ${SCHEMA}.head set position = $1`, [position]);
}

type Digest = { readonly events: number; readonly of: unknown; readonly is_last: boolean };

/** The number of events. */
async function compare(source: pg.Pool, target: pg.Pool, tables: readonly Table[], options: CarryOptions) {
  const { onProgress, signal } = options;
  let compared = 0;
  for (const { digest } of tables) {
    let isLast = false;
    for (let after = 0n; !isLast; after += BigInt(MAX_EVENTS)) {
      signal.throwIfAborted();
      const both = [source, target].map((pool) => one<Digest>(pool, digest, [after, after + BigInt(MAX_EVENTS)]));
      const [original, copied] = await Promise.all(both);
      if (original === undefined || JSON.stringify(original.of) !== JSON.stringify(copied?.of)) {
        throw new CommslogError(
          'LOG_DIFFERS',
          `The copy differs from the log behind position ${after}: nothing was changed.`,
        );
      }
      compared += original.events;
      onProgress({ step: 'comparing', events: compared });
      isLast = original.is_last;
    }
  }
  return compared;
}

async function one<R extends pg.QueryResultRow>(pool: pg.Pool, text: string, values: unknown[] = []): Promise<R> {
  const [row] = (await pool.query<R>(text, values)).rows;
  if (row === undefined) throw new CommslogError('LOG_DIFFERS', 'The log has lost a table: restore it.');
  return row;
}
