import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

const CHANGES = `
  alter table commslog.read_model_version add column replaced_at timestamptz;
  update commslog.read_model_version set replaced_at = now() where state = 'previous';
`;

/** Since when a version is the one before. Of one that was replaced earlier nobody knows; it gets a whole window. */
export const replacedAt: SchemaMigration = {
  isAdditive: false,
  up: async (db: Kysely<unknown>) => {
    await sql.raw(CHANGES).execute(db);
  },
};
