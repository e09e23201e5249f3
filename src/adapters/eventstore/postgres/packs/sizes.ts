import { createPool } from '../../../../postgres.ts';
import { toLogError } from '../errors.ts';

/** Bytes on the disk, with indexes, and with room that is free for what comes. */
export type LogSizes = { readonly events: number; readonly packs: number };

/** Errors: those of `toLogError`. */
export async function logSizes(url: string): Promise<LogSizes> {
  const pool = createPool(url, { max: 1 });
  try {
    const { rows } = await pool.query<LogSizes>(
      `select pg_total_relation_size('log.event')::float8 as events, pg_total_relation_size('log.pack')::float8 as packs`,
    );
    return rows[0] ?? { events: 0, packs: 0 };
  } catch (error) {
    throw toLogError(error);
  } finally {
    await pool.end();
  }
}

/**
 * Writes what is not packed anew, so that the room of what was packed goes back to the disk. Nobody appends or reads
 * meanwhile. Errors: those of `toLogError`.
 */
export async function shrinkLog(url: string): Promise<void> {
  const pool = createPool(url, { max: 1 });
  try {
    await pool.query('vacuum (full, analyze) log.event');
  } catch (error) {
    throw toLogError(error);
  } finally {
    await pool.end();
  }
}
