import { type Kysely, sql } from 'kysely';
import type { Rules } from '../../domain/rules.ts';
import type { ControlTables, VersionTables } from './schema.ts';

/** Columns stand in the order of design: who and what, the numbers, the times, what people added, where it came from. */
export const TABLES = `
  create table checkpoint (
    singleton boolean primary key default true check (singleton),
    position  bigint not null,
    log_id    text not null,
    seq       bigint not null,
    retries   bigint not null default 0,
    untold    boolean,
    directory_at bigint
  );

  create table crm_comms_log (
    id                  uuid primary key,
    pbx                 text not null,
    ext_message_id      text not null,
    type                text not null,
    source              text not null,
    direction           text not null,
    outcome             text not null,
    handled_by_machine  boolean,
    customer_id         text,
    match               json not null,
    external_number     text,
    external_number_raw text,
    external_name       text,
    did                 text,
    dialled             text,
    trunk               text,
    extensions          text[] not null,
    rang                text[] not null,
    occurred_at         timestamptz not null,
    answered_at         timestamptz,
    ended_at            timestamptz,
    ring_seconds        integer,
    duration_seconds    integer,
    body                text not null,
    notes               json not null,
    segments            json not null,
    legs                json not null,
    incomplete          text[] not null,
    why                 json not null,
    done_at             timestamptz,
    derivation          text not null,
    position            bigint not null,
    group_id            bigint,
    annotation_revision bigint not null,
    number_key          text,
    outside             json,
    external_number_why json,
    queues              text[],
    course              json,
    logged_by           text,
    unique (pbx, ext_message_id)
  );
  create index crm_comms_log_number on crm_comms_log (number_key, id) where number_key is not null;
  create index crm_comms_log_group on crm_comms_log (group_id) where group_id is not null;
  create index crm_comms_log_end_not_heard on crm_comms_log (group_id) where 'end_not_heard' = any(incomplete);

  create table call_member (
    pbx      text not null,
    key      text not null,
    group_id bigint not null,
    primary key (pbx, key)
  );
  create table call_group (
    id          bigint primary key,
    pbx         text not null,
    keys        text[] not null,
    streams     json not null,
    open        boolean not null,
    position    bigint not null,
    heard_until timestamptz,
    heard_from  timestamptz
  );
  create index call_group_open on call_group (pbx) where open;
  create index call_group_heard on call_group (pbx, heard_until);
  create table fold_waiting (
    group_id bigint primary key,
    since    timestamptz not null default now()
  );
  create index fold_waiting_since on fold_waiting (since, group_id);
  create table call_alias (
    id         uuid primary key,
    current_id uuid not null
  );
  create index call_alias_current on call_alias (current_id);
  create table current_call (
    id          uuid primary key,
    group_id    bigint not null,
    pbx         text not null,
    occurred_at timestamptz,
    call        json not null,
    number_key  text,
    outside     json
  );
  create index current_call_group on current_call (group_id);
  create table annotation (
    id       uuid primary key,
    revision bigint not null,
    position bigint not null,
    said     json not null
  );
  create table manual_merge (
    annotation_id uuid not null,
    manual_id     uuid not null,
    manual        text not null,
    merged_at     timestamptz not null,
    position      bigint not null,
    primary key (manual_id, annotation_id)
  );
  create index manual_merge_annotation on manual_merge (annotation_id);

  create table changes (
    seq        bigint primary key,
    id         uuid not null,
    kind       text not null check (kind in ('upsert', 'removed', 'merged')),
    current_id uuid
  );

  create table customer (
    id            text primary key,
    name          text not null,
    revision      bigint not null,
    removed_at    timestamptz,
    registered_at timestamptz not null
  );
  create index customer_name on customer (lower(name), id) where removed_at is null;
  create table customer_number (
    customer_id text not null,
    ordinal     integer not null,
    number      text not null,
    e164        text,
    label       text,
    valid_from  timestamptz,
    valid_to    timestamptz,
    recorded_at timestamptz not null,
    holds_from  timestamptz not null,
    holds_to    timestamptz,
    listed      boolean not null,
    number_key  text,
    import_id   text
  );
  create index customer_number_customer on customer_number (customer_id);
  create index customer_number_key on customer_number (number_key) where number_key is not null;

  create table call_back_said (
    id       uuid primary key,
    revision bigint not null,
    position bigint not null,
    taken_by text,
    said     json not null
  );
  create index call_back_said_taken on call_back_said (taken_by) where taken_by is not null;

  create table directory (
    stream   text primary key,
    revision bigint not null,
    position bigint not null,
    type     text not null,
    data     json not null
  );
  create index directory_position on directory (position);

  create table number_rematch (
    number_key text primary key,
    after      uuid not null
  );

  create table pbx_session (
    pbx             text not null,
    session         integer not null,
    connected_at    timestamptz not null,
    disconnected_at timestamptz,
    last_heard_at   timestamptz,
    reason          text,
    pbx_went_down   boolean not null,
    listed_at       timestamptz,
    restarted_by    timestamptz,
    clock           json,
    last_fact_at    timestamptz,
    heard_before    integer,
    primary key (pbx, session)
  );

  create table gap_filling (
    pbx      text not null,
    session  integer not null,
    revision bigint not null,
    asked_at timestamptz not null,
    outcome  text not null,
    records  integer not null,
    calls    integer not null,
    reason   text,
    final    boolean not null,
    primary key (pbx, session)
  );

  create table gap_heard (
    pbx           text not null,
    session       integer not null,
    heard_session integer not null,
    revision      bigint not null,
    until         timestamptz not null,
    facts         integer not null,
    set_aside     integer not null,
    primary key (pbx, session, heard_session)
  );

  create table fact_count (
    pbx     text not null,
    session integer not null,
    seq_end integer not null,
    last_at timestamptz,
    missing json not null,
    primary key (pbx, session)
  );

  create table parked (
    position  bigint primary key,
    stream    text not null,
    revision  bigint not null,
    event_id  uuid not null,
    type      text not null,
    error     text not null,
    parked_at timestamptz not null
  );
  create index parked_stream on parked (stream);

  create table erased_key (
    pbx     text not null,
    key     text not null,
    dropped bigint not null default 0,
    primary key (pbx, key)
  );
`;

/**
 * Makes the schema of a read-model version, `read_v<version>`, empty and at the beginning of the log `logId`, and its row
 * in `read_model_version` (state `building`), without what readers need unless `alsoMake` makes it.
 */
export async function createVersion(
  db: Kysely<ControlTables>,
  version: number,
  of: { readonly logId: string; readonly rules: Rules; readonly derivation: string },
  alsoMake: (transaction: Kysely<ControlTables>, schema: string) => Promise<void> = async () => {},
): Promise<void> {
  const schema = `read_v${version}`;
  await db.transaction().execute(async (transaction) => {
    await transaction
      .withSchema('commslog')
      .insertInto('read_model_version')
      .values({
        version,
        schema_name: schema,
        derivation: of.derivation,
        rules: JSON.stringify(of.rules),
        state: 'building',
      })
      .execute();
    await sql`create schema ${sql.id(schema)}`.execute(transaction);
    await sql`set local search_path to ${sql.id(schema)}`.execute(transaction);
    await sql.raw(TABLES).execute(transaction);
    await sql`insert into checkpoint (position, log_id, seq, directory_at) values (0, ${of.logId}, 0, 0)`.execute(
      transaction,
    );
    await alsoMake(transaction, schema);
  });
}

/** Makes the tables of a version for this connection alone (schema `pg_temp`): they are gone when it ends. */
export async function createTemporaryTables(connection: Kysely<VersionTables>, logId: string): Promise<void> {
  await sql`set search_path to pg_temp`.execute(connection);
  await sql.raw(TABLES).execute(connection);
  await sql`insert into checkpoint (position, log_id, seq, directory_at) values (0, ${logId}, 0, 0)`.execute(
    connection,
  );
}
