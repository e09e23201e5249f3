import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

/** Versions that are made from now on have it by themselves. */
const COLUMNS = `
  do $$
  declare
    made record;
  begin
    for made in select schema_name from commslog.read_model_version loop
      execute format('alter table if exists %I.checkpoint add column if not exists retries bigint not null default 0',
                     made.schema_name);
    end loop;
  end $$`;

/** Parked events that are tried again: the versions that there are count how often, so that no projector overlooks it. */
export const retries: SchemaMigration = {
  isAdditive: false,
  up: async (db: Kysely<unknown>) => {
    await sql.raw(COLUMNS).execute(db);
  },
};
