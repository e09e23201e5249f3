import { type Kysely, sql } from 'kysely';
import { CALL_BACK, OF_CALLERS } from './callBack.ts';
import { TO_CALL_BACK, UNASSIGNED } from './entryKinds.ts';
import {
  ENTRY_COUNT,
  ENTRY_EXTENSION,
  ENTRY_QUEUE,
  ENTRY_SECONDS,
  MISSED_COUNT,
  NUMBER_COUNT,
  WEEK_COUNT,
} from './keptBeside.ts';
import type { ControlTables } from './schema.ts';
import { CUSTOMER_TEXT, ENTRY_TEXT } from './searchedTexts.ts';
import { HELD_NUMBER } from './searchText.ts';

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
  create index if not exists crm_comms_log_did on crm_comms_log (did, occurred_at desc, id desc) where did is not null;
  create index if not exists crm_comms_log_trunk on crm_comms_log (trunk, occurred_at desc, id desc)
    where trunk is not null;
  create index if not exists crm_comms_log_duration on crm_comms_log (duration_seconds);
  ${OF_CALLERS}
`;

/** The tables that are kept beside the rows, the last one a sign that all are there. */
export const BESIDE = {
  entry_extension: ENTRY_EXTENSION,
  entry_count: ENTRY_COUNT,
  entry_seconds: ENTRY_SECONDS,
  week_count: WEEK_COUNT,
  missed_count: MISSED_COUNT,
  entry_text: ENTRY_TEXT,
  customer_text: CUSTOMER_TEXT,
  number_count: NUMBER_COUNT,
  entry_queue: ENTRY_QUEUE,
  call_back: CALL_BACK,
};
/** A version that has this table has all that readers need. */
export const OF_READERS = 'call_back';

type PartIndex = { readonly name: string; readonly table: string; readonly of: string; readonly where?: string };

/** By each three characters that stand together, for what is searched anywhere in a text. */
const PARTS: readonly PartIndex[] = [
  { name: 'entry_text_part', table: 'entry_text', of: 'letters' },
  { name: 'customer_text_part', table: 'customer_text', of: 'letters' },
  { name: 'customer_number_part', table: 'customer_number', of: HELD_NUMBER, where: 'listed' },
];

/** Makes the version ready to be read; where something of it is there already, the rest. In a transaction of the caller's. */
export async function makeForReaders(transaction: Kysely<ControlTables>, schema: string): Promise<void> {
  await sql`set local search_path to ${sql.id(schema)}`.execute(transaction);
  // what is written meanwhile would be in none of it
  await sql`lock table customer, customer_number, crm_comms_log in share row exclusive mode`.execute(transaction);
  await sql.raw(INDEXES).execute(transaction);
  for (const table of Object.values(BESIDE)) await sql.raw(table).execute(transaction);
  const trigrams = await trigramsIn(transaction);
  if (trigrams !== null) await sql.raw(PARTS.map((one) => partIndex(one, trigrams)).join(';')).execute(transaction);
  const tables = ['crm_comms_log', 'customer', 'customer_number', ...Object.keys(BESIDE)];
  await sql.raw(`analyze ${tables.join(', ')}`).execute(transaction);
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
