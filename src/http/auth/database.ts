import type pg from 'pg';
import { CommslogError } from '../../errors.ts';
import { isUnavailable } from '../../postgres.ts';

/** One statement. Errors: `DATABASE_UNAVAILABLE` when the server cannot be reached; else what pg throws. */
export async function query<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  try {
    const result = await pool.query<Row>(text, [...values]);
    return result.rows;
  } catch (cause) {
    if (!isUnavailable(cause)) throw cause;
    throw new CommslogError('DATABASE_UNAVAILABLE', 'The database cannot be reached at the moment.', { cause });
  }
}
