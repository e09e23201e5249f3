import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { ControlTables } from './schema.ts';

export type Db = Kysely<ControlTables>;

/** The control tables over a pool, which stays its owner's to end. */
export function createDb(pool: pg.Pool): Db {
  return new Kysely<ControlTables>({ dialect: new PostgresDialect({ pool }) });
}
