import { type Kysely, type Migration, sql } from 'kysely';

/** Whoever switches may be told apart from one that broke off, without a transaction that is open meanwhile. */
export const switchingUntil: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql
      .raw('alter table commslog.read_model_version add column if not exists switching_until timestamptz')
      .execute(db);
  },
};
