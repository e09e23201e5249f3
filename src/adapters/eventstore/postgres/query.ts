import type pg from 'pg';
import { toLogError } from './errors.ts';

/** Rows of one statement. Errors: those of `toLogError`. */
export type Query = <R extends pg.QueryResultRow>(statement: pg.QueryConfig) => Promise<R[]>;

export function createQuery(pool: pg.Pool): Query {
  return async <R extends pg.QueryResultRow>(statement: pg.QueryConfig) => {
    try {
      return (await pool.query<R>(statement)).rows;
    } catch (error) {
      throw toLogError(error);
    }
  };
}
