import pg from 'pg';
import { CommslogError } from '../../errors.ts';
import { connectionSettings } from '../../postgres.ts';

/** Held for as long as a `serve` lives, so that a second one on the same data is told. */
const SERVE_LOCK = 7_266_001;
/** How long PostgreSQL may take to answer on the connection of the lock. */
const ANSWER_MS = 5_000;
/** How long a former session of ours may take to end. */
const END_SESSION_MS = 1_000;

/** A session of PostgreSQL that may hold the lock. */
export type LockSession = { readonly pid: number; readonly startedAt: string };

/** Takes the lock and gives it back, to see that no `serve` has it. Errors: `DATA_DIR_IN_USE`. */
export async function refuseWhileServed(url: string): Promise<void> {
  const client = await tryServeLock(url, null);
  if (client === null) throw inUse();
  await client.end();
}

/**
 * Takes the lock that only one `serve` may hold on a database; it lasts as long as the connection, at whose end `onEnd` is
 * called. Null when another has it. `former` is our session before this one: should PostgreSQL not know yet that it has
 * been given up, it would hold the lock against us. `onSession` tells the new one before it asks for the lock.
 */
export async function tryServeLock(
  url: string,
  former: LockSession | null,
  { onSession, onEnd }: { readonly onSession?: (session: LockSession) => void; readonly onEnd?: () => void } = {},
): Promise<pg.Client | null> {
  const client = new pg.Client({ ...connectionSettings(url), query_timeout: ANSWER_MS });
  client.on('error', () => onEnd?.());
  client.on('end', () => onEnd?.());
  try {
    await client.connect();
    if (former !== null) {
      await client.query(
        'select pg_terminate_backend(pid, $3) from pg_stat_activity where pid = $1 and backend_start = $2',
        [former.pid, former.startedAt, END_SESSION_MS],
      );
    }
    const own = await client.query<LockSession>(
      'select pid, backend_start as "startedAt" from pg_stat_activity where pid = pg_backend_pid()',
    );
    if (own.rows[0]) onSession?.(own.rows[0]);
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [SERVE_LOCK]);
    if (rows[0]?.held === true) return client;
  } catch (error) {
    // one that has gone silent would never be told
    void client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return null;
}

export function inUse(): CommslogError {
  return new CommslogError(
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
