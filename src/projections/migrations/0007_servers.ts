import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

const TABLES = `
  create table if not exists commslog.lease (
    name         text primary key,
    -- of this server, and of its processes this one
    holder       uuid not null,
    holder_name  text not null,
    process      uuid not null,
    -- how often it has changed hands
    token        bigint not null default 1,
    taken_at     timestamptz not null,
    expires_at   timestamptz not null,
    offered_at   timestamptz,
    -- the process that makes itself ready for what is offered
    successor    uuid,
    successor_at timestamptz,
    told         jsonb
  );
  create table if not exists commslog.server (
    id              uuid primary key,
    name            text not null,
    program         text not null,
    started_at      timestamptz not null,
    seen_at         timestamptz not null,
    does            jsonb not null,
    fingerprints    jsonb not null,
    clock_offset_ms integer,
    report          jsonb
  );
`;

/** Several servers on one database: which of them does what, and how each is. */
export const servers: SchemaMigration = {
  isAdditive: false,
  up: async (db: Kysely<unknown>) => {
    await sql.raw(TABLES).execute(db);
  },
};
