import type pg from 'pg';
import { toDatabaseError } from '../../postgres.ts';

/** One statement. Errors: those of `toDatabaseError`. */
export async function query<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  try {
    const result = await pool.query<Row>(text, [...values]);
    return result.rows;
  } catch (error) {
    throw toDatabaseError(error);
  }
}
