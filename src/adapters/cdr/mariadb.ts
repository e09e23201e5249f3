import { type Connection, createConnection, type FieldPacket, type RowDataPacket } from 'mysql2/promise';
import type { PbxFactData } from '../../domain/events.ts';
import type { CallRecordSource } from '../../ports/callRecordSource.ts';
import { pagesOf } from './pages.ts';
import { toCdrError } from './sourceError.ts';
import { takeTable } from './tableName.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** FreePBX's own database, MariaDB or MySQL (`mysql://`, `mariadb://`). Nothing is written: the session is read-only. */
export async function openMariaDb(given: string): Promise<CallRecordSource> {
  const { table, url } = takeTable(given);
  const uri = url.href.replace(/^mariadb:/, 'mysql:');
  const connection = await connect(uri);

  async function read(from: string | null, until: string | null, limit: number): Promise<PbxFactData[]> {
    const bounds = [...(from === null ? [] : ['calldate >= ?']), ...(until === null ? [] : ['calldate < ?'])];
    const where = bounds.length === 0 ? '' : `where ${bounds.join(' and ')}`;
    const sql = `select * from \`${table}\` ${where} order by calldate limit ${limit}`;
    const values = [from, until].filter((value) => value !== null);
    try {
      const [rows, columns] = await connection.query<RowDataPacket[][]>({ sql, values, rowsAsArray: true });
      return rows.map((row) => ({ fields: fieldsOf(row, columns) }));
    } catch (error) {
      throw toCdrError(error);
    }
  }

  return {
    batches: (wanted, signal) => pagesOf(read, wanted, signal),
    close: () => connection.end().catch(() => connection.destroy()),
  };
}

async function connect(uri: string): Promise<Connection> {
  try {
    const connection = await createConnection({
      uri,
      connectTimeout: CONNECT_TIMEOUT_MS,
      charset: 'utf8mb4',
      // as it stands there: a date would be given a time zone, a number its own form
      typeCast: (field) => field.string(),
    });
    await connection.query('set session transaction read only');
    return connection;
  } catch (error) {
    throw toCdrError(error);
  }
}

function fieldsOf(row: readonly unknown[], columns: readonly FieldPacket[]): [string, string][] {
  return columns.flatMap(({ name }, at): [string, string][] => {
    const value = row[at];
    return typeof value === 'string' ? [[name.toLowerCase(), value]] : [];
  });
}
