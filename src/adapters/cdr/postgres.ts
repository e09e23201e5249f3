import pg from 'pg';
import type { PbxFactData } from '../../domain/events.ts';
import type { CallRecordSource } from '../../ports/callRecordSource.ts';
import { connectionSettings } from '../../postgres.ts';
import { pagesOf } from './pages.ts';
import { toCdrError } from './sourceError.ts';
import { takeTable } from './tableName.ts';

const AS_IT_STANDS = { getTypeParser: () => (value: string) => value };

/** The same columns in PostgreSQL, as Asterisk's `cdr_pgsql` writes them. Nothing is written: the session is read-only. */
export async function openPostgresRecords(given: string): Promise<CallRecordSource> {
  const { table, url } = takeTable(given);
  const client = new pg.Client({ ...connectionSettings(url.href), types: AS_IT_STANDS });
  // a connection that is lost between two pages is told by the next one
  client.on('error', () => {});
  try {
    await client.connect();
    // a column with a time zone shows its offset, so any will do
    await client.query("set default_transaction_read_only = on; set time zone 'UTC'; set datestyle = ISO");
  } catch (error) {
    throw toCdrError(error);
  }

  async function read(from: string | null, until: string | null, limit: number): Promise<PbxFactData[]> {
    const bounds = [
      ...(from === null ? [] : [`calldate >= $1`]),
      ...(until === null ? [] : [`calldate < $${from === null ? 1 : 2}`]),
    ];
    const where = bounds.length === 0 ? '' : `where ${bounds.join(' and ')}`;
    const text = `select * from ${pg.escapeIdentifier(table)} ${where} order by calldate limit ${limit}`;
    try {
      const values = [from, until].filter((value) => value !== null);
      const { rows, fields } = await client.query<(string | null)[]>({ text, values, rowMode: 'array' });
      return rows.map((row) => ({ fields: fieldsOf(row, fields) }));
    } catch (error) {
      throw toCdrError(error);
    }
  }

  return { batches: (wanted, signal) => pagesOf(read, wanted, signal), close: () => client.end() };
}

function fieldsOf(row: readonly (string | null)[], columns: readonly pg.FieldDef[]): [string, string][] {
  return columns.flatMap(({ name }, at): [string, string][] => {
    const value = row[at];
    return value == null ? [] : [[name, value]];
  });
}
