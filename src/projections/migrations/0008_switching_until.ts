import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

/** Whoever switches may be told apart from one that broke off, without a transaction that is open meanwhile. */
export const switchingUntil: SchemaMigration = {
  isAdditive: false,
  up: async (db: Kysely<unknown>) => {
    await sql
      .raw('alter table commslog.read_model_version add column if not exists switching_until timestamptz')
      .execute(db);
  },
};
