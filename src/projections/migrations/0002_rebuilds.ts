import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

const TABLES = `
  alter table commslog.read_model_version
    add column activated_at timestamptz,
    add column mixed        boolean not null default false,
    add column progress     json,
    add column error        text,
    drop constraint read_model_version_state_check,
    add constraint read_model_version_state_check
      check (state in ('building', 'ready', 'active', 'previous', 'failed', 'dropped'));
  alter table commslog.read_model
    add column seen_rules    json,
    add column waiting_rules json;
`;

/** Building versions side by side: when each was active, how far a build is, which rules file was seen last. */
export const rebuilds: SchemaMigration = {
  isAdditive: false,
  up: async (db: Kysely<unknown>) => {
    await sql.raw(TABLES).execute(db);
  },
};
