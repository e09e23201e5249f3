import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

/** Versions that are made from now on have it by themselves. */
const TABLES = `
  do $$
  declare
    made record;
  begin
    for made in select schema_name from commslog.read_model_version
                where to_regnamespace(schema_name) is not null loop
      execute format('create table if not exists %I.erased_key (
                        pbx text not null, key text not null, dropped bigint not null default 0,
                        primary key (pbx, key))', made.schema_name);
    end loop;
  end $$`;

/** Erasing a person: the versions that there are remember the ids of erased calls. */
export const erasedKeys: SchemaMigration = {
  isAdditive: false,
  up: async (db: Kysely<unknown>) => {
    await sql.raw(TABLES).execute(db);
  },
};
