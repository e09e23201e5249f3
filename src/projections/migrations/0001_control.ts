import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

const TABLES = `
  create table commslog.read_model_version (
    version     integer primary key,
    schema_name text not null unique,
    derivation  text not null,
    rules       json not null,
    state       text not null check (state in ('building', 'ready', 'active', 'previous', 'dropped')),
    created_at  timestamptz not null default now()
  );
  create table commslog.read_model (
    singleton      boolean primary key default true check (singleton),
    active_version integer references commslog.read_model_version (version)
  );
  insert into commslog.read_model default values;

  create table commslog.web_session (
    token_hash text primary key,
    sub        text not null,
    role       text not null check (role in ('agent', 'auditor', 'admin')),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
  );
  create index on commslog.web_session (expires_at);
  create table commslog.sign_in_link (
    token_hash text primary key,
    sub        text not null,
    role       text not null check (role in ('agent', 'auditor', 'admin')),
    expires_at timestamptz not null,
    used_at    timestamptz
  );
  create index on commslog.sign_in_link (expires_at);
`;

export const control: SchemaMigration = {
  isAdditive: false,
  up: async (db: Kysely<unknown>) => {
    await sql.raw(TABLES).execute(db);
  },
};
