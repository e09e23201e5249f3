import type pg from 'pg';
import { CommslogError } from '../../../errors.ts';
import { refuseOtherThanUtf8, SERVER_ENCODING } from '../../../postgres.ts';

/** Any number that nothing else in the database locks: two programs that start at once migrate one after the other. */
const MIGRATION_LOCK = 7_265_021_943;

const MIGRATIONS: readonly ((schema: string) => string)[] = [
  (schema) => `
    -- the end of the log: who writes, locks this row, so positions have no holes and grow in the order of commits
    create table ${schema}.head (
      singleton boolean primary key default true check (singleton),
      position bigint not null
    );
    insert into ${schema}.head (position) values (0);
    -- json, not jsonb: that would reorder keys and refuse \\u0000
    create table ${schema}.event (
      position bigint primary key,
      stream text not null,
      revision bigint not null,
      id uuid not null,
      type text not null,
      -- both null: the stream was erased, the event keeps its place so that the log has no hole
      data json,
      metadata json,
      unique (stream, revision)
    );`,
  (schema) => `
    -- the oldest events, moved here from ${schema}.event in blocks of positions: those of one stream in one block are a row
    create table ${schema}.pack (
      -- position of the block's last event
      block bigint not null,
      stream text not null,
      first_revision bigint not null,
      -- of each event, by revision: how far its position stands before the block's last
      before_end smallint[] not null,
      ids uuid[] not null,
      -- types, metadata and data (packBody.ts); null: the stream was erased, its events keep their places
      body bytea,
      primary key (stream, first_revision)
    );
    create index on ${schema}.pack (block);
    -- it is compressed already
    alter table ${schema}.pack alter body set storage external;`,
];

/**
 * Makes the log's tables, or brings them up to date, or only to version `upTo`.
 * Errors: `SCHEMA_TOO_NEW`, `CONFIG_INVALID` if it is not in UTF-8.
 */
export async function migrate(pool: pg.Pool, schema: string, upTo = MIGRATIONS.length): Promise<void> {
  const { rows } = await pool.query<{ encoding: string }>(SERVER_ENCODING);
  refuseOtherThanUtf8(rows[0]?.encoding);
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(
      `create table if not exists ${schema}.migration (
         version int primary key,
         applied_at timestamptz not null default now()
       )`,
    );
    const { rows } = await client.query<{ version: number }>(
      `select coalesce(max(version), 0) as version from ${schema}.migration`,
    );
    const version = rows[0]?.version ?? 0;
    if (Math.max(version, upTo) > MIGRATIONS.length)
      throw new CommslogError(
        'SCHEMA_TOO_NEW',
        `the log's tables are of version ${Math.max(version, upTo)}, this program knows ${MIGRATIONS.length}: start the newer program`,
      );
    for (const [index, migration] of MIGRATIONS.slice(0, upTo).entries()) {
      if (index < version) continue;
      await client.query(migration(schema));
      await client.query(`insert into ${schema}.migration (version) values ($1)`, [index + 1]);
    }
    await client.query('commit');
    client.release();
  } catch (error) {
    // a closed connection is rolled back
    client.release(true);
    throw error;
  }
}
