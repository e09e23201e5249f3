import pg from 'pg';

/** One statement of a transaction; its rows. Table names are those of the version's schema. */
export type Sql = <Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/**
 * A projector that is stopped (its process frozen, its machine gone) must not hold the checkpoint longer than its lease:
 * whoever takes that over waits for the row. Between two statements it only folds.
 */
const MAX_IDLE_MS = 5_000;

export type InTransaction = {
  /** how long may pass between two statements; default: 5 s */
  readonly maxIdleMs?: number;
};

/**
 * Runs `work` in one transaction on the tables of `schema`. It commits without waiting for the disk: rows and checkpoint
 * are lost together, and folding again repairs them. The log is never written so. `work` waits for the database alone:
 * what it needs of the log it has at hand (`LogAtHand`), so between two statements there is only folding.
 */
export function inTransaction<T>(
  pool: pg.Pool,
  schema: string,
  work: (sql: Sql) => Promise<T>,
  { maxIdleMs = MAX_IDLE_MS }: InTransaction = {},
): Promise<T> {
  const begin = `begin; set local search_path to ${pg.escapeIdentifier(schema)}; set local synchronous_commit to off;
                 set local idle_in_transaction_session_timeout to ${maxIdleMs}`;
  return transact(pool, begin, work);
}

/**
 * The same, for as long as it takes: it sees everything as it was when it began, and waits for whatever it needs. Nobody else may
 * wait for what it writes.
 */
export function inLongSnapshot<T>(pool: pg.Pool, schema: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const begin = `begin isolation level repeatable read; set local search_path to ${pg.escapeIdentifier(schema)};
                 set local synchronous_commit to off; set local statement_timeout to 0`;
  return transact(pool, begin, work);
}

/** Reads everything as it is at one moment, of several versions: names of tables need their schema. */
export function inSnapshot<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  return transact(pool, 'begin isolation level repeatable read read only', work);
}

async function transact<T>(pool: pg.Pool, begin: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let lost: Error | undefined;
  // a connection that ends between two statements would otherwise end the process
  const onError = (error: Error) => {
    lost = error;
  };
  client.on('error', onError);
  try {
    await client.query(begin);
    const result = await work(async (text, values = []) => (await client.query(text, [...values])).rows);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(onError);
    throw error;
  } finally {
    client.off('error', onError);
    client.release(lost);
  }
}

/**
 * Rows as one parameter for `json_populate_recordset`. PostgreSQL's text has no NUL and no half of a surrogate pair: they
 * become U+FFFD here (the log keeps what was sent).
 */
export function jsonRows(rows: readonly object[]): string {
  return JSON.stringify(rows.map(inDigits)).replace(/\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g, (found) =>
    found === '\\\\' ? found : '\ufffd',
  );
}

/** JSON has no bigint. Columns only: what stands in a json column is JSON already. */
function inDigits(row: object): Record<string, unknown> {
  const columns: Record<string, unknown> = { ...row };
  for (const name in columns) {
    const value = columns[name];
    if (typeof value === 'bigint') columns[name] = value.toString();
  }
  return columns;
}
