import { type Kysely, sql } from 'kysely';
import { TABLES } from './createVersion.ts';
import { makeForReaders, OF_READERS } from './forReaders.ts';
import type { ControlTables } from './schema.ts';
import { LIVING } from './versions.ts';

/** A version's readers and projector wait for the change behind whoever holds the table; this start is given up then. */
const MAX_WAIT = '10s';

/** A column as it is added to a table that has rows: with its default, never `not null`. */
export type Column = { readonly table: string; readonly column: string; readonly definition: string };

/**
 * Gives versions that an earlier program made the tables and columns that they lack, empty and null, so that this program
 * serves and feeds them until somebody activates one that it has built. Nothing else of them is changed.
 */
export async function completeVersions(db: Kysely<ControlTables>): Promise<void> {
  const living = await db
    .withSchema('commslog')
    .selectFrom('read_model_version')
    .select(['schema_name', 'state'])
    .where('state', 'in', LIVING)
    .execute();
  for (const { schema_name: schema, state } of living) {
    const { rows } = await sql<Pick<Column, 'table' | 'column'>>`
      select table_name as table, column_name as column from information_schema.columns
      where table_schema = ${schema}`.execute(db);
    const missing = COLUMNS.filter((one) => !rows.some((row) => row.table === one.table && row.column === one.column));
    if (rows.length === 0) continue;
    const tables = new Set(rows.map((row) => row.table));
    if (missing.length > 0) await complete(db, schema, missing, tables);
    if (state !== 'building' && !tables.has(OF_READERS)) await completeForReaders(db, schema);
  }
}

/** It takes a minute a million entries; the projectors of the version wait meanwhile, its readers do not. */
async function completeForReaders(db: Kysely<ControlTables>, schema: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`set local lock_timeout to ${sql.lit(MAX_WAIT)}`.execute(transaction);
    await makeForReaders(transaction, schema);
  });
}

async function complete(
  db: Kysely<ControlTables>,
  schema: string,
  missing: readonly Column[],
  tables: ReadonlySet<string>,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`set local lock_timeout to ${sql.lit(MAX_WAIT)}`.execute(transaction);
    await sql`set local search_path to ${sql.id(schema)}`.execute(transaction);
    for (const { table, column, definition } of missing) {
      if (!tables.has(table)) continue;
      await sql`alter table ${sql.id(table)} add column if not exists ${sql.id(column)} ${sql.raw(definition)}`.execute(
        transaction,
      );
    }
    for (const table of new Set(missing.map((one) => one.table))) {
      if (!tables.has(table)) await sql.raw(statementsOf(table).join(';')).execute(transaction);
    }
  });
}

/** Those that make a table and its indexes. */
function statementsOf(table: string): readonly string[] {
  const makes = new RegExp(`^\\s*create (table ${table} |index \\w+ on ${table} )`);
  return TABLES.split(';').filter((statement) => makes.test(statement));
}

/** All that a version of this program has. */
export const COLUMNS: readonly Column[] = TABLES.split(';').flatMap((statement) => {
  const [, table] = /^\s*create table (\w+)/.exec(statement) ?? [];
  if (table === undefined) return [];
  const lines = [...statement.matchAll(/^ {4}(?!primary |unique )(\w+) +([a-z]+(?:\[\])?)(.*?),?$/gm)];
  return lines.map(([, column = '', type, rest = '']) => {
    const [value = ''] = / default \S+/.exec(rest) ?? [];
    return { table, column, definition: `${type}${value}` };
  });
});
