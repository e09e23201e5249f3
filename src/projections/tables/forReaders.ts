import { type Kysely, sql } from 'kysely';
import { TO_CALL_BACK, UNASSIGNED } from './entryKinds.ts';
import { ENTRY_COUNT, ENTRY_EXTENSION, ENTRY_SECONDS } from './keptBeside.ts';
import type { ControlTables } from './schema.ts';
import { HAS_NOTES, HELD_NUMBER, lettersSql } from './searchText.ts';

/**
 * What only readers need, so that a page takes no longer with millions of rows. A version that is built beside the active one
 * gets it at its end.
 */
const INDEXES = `
  create index if not exists crm_comms_log_newest on crm_comms_log (occurred_at desc, id desc);
  create index if not exists crm_comms_log_customer on crm_comms_log (customer_id, occurred_at desc, id desc)
    where customer_id is not null;
  create index if not exists crm_comms_log_outcome on crm_comms_log (outcome, occurred_at desc, id desc);
  create index if not exists crm_comms_log_direction on crm_comms_log (direction, outcome, occurred_at desc, id desc);
  create index if not exists crm_comms_log_to_call_back on crm_comms_log (occurred_at desc, id desc)
    where ${TO_CALL_BACK};
  create index if not exists crm_comms_log_missed on crm_comms_log (occurred_at)
    where direction = 'inbound' and outcome <> 'answered';
  create index if not exists crm_comms_log_unassigned on crm_comms_log (occurred_at desc, id desc) where ${UNASSIGNED};
  create index if not exists crm_comms_log_done on crm_comms_log (occurred_at desc, id desc) where done_at is not null;
  create index if not exists crm_comms_log_by_machine on crm_comms_log (occurred_at desc, id desc)
    where handled_by_machine is true;
`;

type PartIndex = { readonly name: string; readonly table: string; readonly of: string; readonly where?: string };

/** By each three characters that stand together, for what is searched anywhere in a text. */
const PARTS: readonly PartIndex[] = [
  { name: 'crm_comms_log_number_part', table: 'crm_comms_log', of: 'external_number' },
  { name: 'crm_comms_log_raw_part', table: 'crm_comms_log', of: lettersSql('external_number_raw') },
  { name: 'crm_comms_log_name_part', table: 'crm_comms_log', of: lettersSql('external_name') },
  { name: 'crm_comms_log_note_part', table: 'crm_comms_log', of: lettersSql('notes::text'), where: HAS_NOTES },
  { name: 'customer_name_part', table: 'customer', of: lettersSql('name') },
  { name: 'customer_number_part', table: 'customer_number', of: HELD_NUMBER, where: 'listed' },
];

/** Makes the version ready to be read; where something of it is there already, the rest. In a transaction of the caller's. */
export async function makeForReaders(transaction: Kysely<ControlTables>, schema: string): Promise<void> {
  await sql`set local search_path to ${sql.id(schema)}`.execute(transaction);
  // what is written meanwhile would be in none of it
  await sql`lock table crm_comms_log in share row exclusive mode`.execute(transaction);
  await sql.raw(INDEXES).execute(transaction);
  const trigrams = await trigramsIn(transaction);
  if (trigrams !== null) await sql.raw(PARTS.map((one) => partIndex(one, trigrams)).join(';')).execute(transaction);
  await sql.raw(ENTRY_EXTENSION).execute(transaction);
  await sql.raw(ENTRY_COUNT).execute(transaction);
  await sql.raw(ENTRY_SECONDS).execute(transaction);
  await sql`analyze crm_comms_log, entry_extension, entry_count, entry_seconds, customer, customer_number`.execute(
    transaction,
  );
}

/** The schema of PostgreSQL's `pg_trgm`; null: it is not installed, and searches read every row. */
export async function trigramsIn(db: Kysely<ControlTables>): Promise<string | null> {
  const { rows } = await sql<{ schema: string }>`
    select extnamespace::regnamespace::text as schema from pg_extension where extname = 'pg_trgm'`.execute(db);
  return rows[0]?.schema ?? null;
}

function partIndex({ name, table, of, where = 'true' }: PartIndex, schema: string): string {
  return `create index if not exists ${name} on ${table} using gin ((${of}) ${schema}.gin_trgm_ops) where ${where}`;
}
