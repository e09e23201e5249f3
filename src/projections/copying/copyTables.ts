import pg from 'pg';
import { COLUMNS } from '../tables/completeVersions.ts';
import type { ReadModelVersion } from '../tables/versions.ts';
import type { Within } from './within.ts';

/** What follows from whose calls are, and what is of one version alone. */
const NOT_COPIED = new Set([
  'crm_comms_log',
  'current_call',
  'customer',
  'customer_number',
  'checkpoint',
  'changes',
  // all calls are matched anew
  'number_rematch',
]);

/** Copies every table that does not depend on whose calls are. */
export async function copyTables(within: Within): Promise<void> {
  const tables = [...new Set(COLUMNS.map(({ table }) => table))].filter((table) => !NOT_COPIED.has(table));
  for (const table of tables) await copyTable(within, table);
}

export async function copyTable({ sql, source, signal }: Within, table: string): Promise<void> {
  signal.throwIfAborted();
  const columns = columnsOf(table).join(', ');
  await sql(`insert into ${table} (${columns}) select ${columns} from ${tableOf(source, table)}`);
}

export function columnsOf(table: string): readonly string[] {
  return COLUMNS.filter((one) => one.table === table).map(({ column }) => pg.escapeIdentifier(column));
}

export function tableOf({ schema }: ReadModelVersion, table: string): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;
}
