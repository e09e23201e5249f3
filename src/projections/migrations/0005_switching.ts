import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

/** A switch that was begun and not ended is seen by whoever runs the versions, and settled. */
export const switching: SchemaMigration = {
  isAdditive: false,
  up: async (db: Kysely<unknown>) => {
    await sql
      .raw('alter table commslog.read_model_version add column if not exists switching boolean not null default false')
      .execute(db);
  },
};
