import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

const TABLE = `
  create table if not exists commslog.diff_count (
    before    integer not null,
    after     integer not null,
    -- what both had projected when it was begun
    seen      text not null,
    caught_up boolean not null,
    begun_at  timestamptz not null default clock_timestamp(),
    told_at   timestamptz not null default clock_timestamp(),
    is_whole  boolean not null default false,
    -- up to where rows are counted, in the order in which they began
    place     json,
    rows      bigint not null default 0,
    counts    json not null,
    primary key (before, after)
  )`;

/** How far what differs between two versions is counted: any server goes on with it. */
export const diffCount: SchemaMigration = {
  isAdditive: true,
  up: async (db: Kysely<unknown>) => {
    await sql.raw(TABLE).execute(db);
  },
};
