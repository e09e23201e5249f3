import pg from 'pg';
import { CommslogError } from '../../errors.ts';
import { connectionSettings } from '../../postgres.ts';

/** Held for as long as a `serve` lives, so that a second one on the same data is told. */
const SERVE_LOCK = 7_266_001;

/**
 * Takes the lock that only one `serve` may hold on a database; it lasts as long as the returned connection.
 * Errors: `DATA_DIR_IN_USE`.
 */
export async function holdServeLock(url: string): Promise<pg.Client> {
  const client = new pg.Client(connectionSettings(url));
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [SERVE_LOCK]);
  if (rows[0]?.held === true) return client;
  await client.end();
  throw new CommslogError(
    'DATA_DIR_IN_USE',
    'Another `commslog serve` uses this database. Stop it, or give this one its own DATA_DIR (or DATABASE_URL).',
  );
}

/** Whether a `serve` lives on this database. */
export async function isServed(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ served: boolean }>(
    `select exists (select from pg_locks join pg_database on pg_database.oid = pg_locks.database
                    where locktype = 'advisory' and granted and datname = current_database()
                      and classid = 0 and objid = $1 and objsubid = 1) as served`,
    [SERVE_LOCK],
  );
  return rows[0]?.served === true;
}
