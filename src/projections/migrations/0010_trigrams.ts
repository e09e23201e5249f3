import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

/**
 * For searches by a part of a word or number. Any user who may create schemas may install it (PostgreSQL trusts it); where it
 * is not there, searches go without. Not in a schema of our own: a backup of the log alone would not be restored without it.
 */
const EXTENSION = `
  do $$
  begin
    create extension if not exists pg_trgm with schema public;
  exception when others then
    raise notice 'pg_trgm cannot be installed: %', sqlerrm;
  end $$`;

export const trigrams: SchemaMigration = {
  isAdditive: true,
  up: async (db: Kysely<unknown>) => {
    await sql.raw(EXTENSION).execute(db);
  },
};
