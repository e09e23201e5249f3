import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

/** Which of the later ones a program may go on beside that does not know them. */
export const additive: SchemaMigration = {
  isAdditive: false,
  up: async (db: Kysely<unknown>) => {
    await sql.raw('create table if not exists commslog.additive_migration (name text primary key)').execute(db);
  },
};
