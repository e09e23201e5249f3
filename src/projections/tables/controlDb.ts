import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { ControlTables } from './schema.ts';

/** The control tables over a pool; whoever made the pool ends it. */
export function controlDb(pool: pg.Pool): Kysely<ControlTables> {
  return new Kysely<ControlTables>({ dialect: new PostgresDialect({ pool }) });
}
