import pg from 'pg';
import { within } from '../../deadline.ts';
import { CommslogError } from '../../errors.ts';
import { connectionSettings } from '../../postgres.ts';

/** Shared by all servers that live on a database; a `serve` of an older program holds it alone. */
export const SERVE_LOCK = 7_266_001;
/** How long PostgreSQL may take to answer. */
const ANSWER_MS = 5_000;
/** How long the end of a connection is waited for. */
const END_MS = 1_000;

const HOLDERS = `select from pg_locks join pg_database on pg_database.oid = pg_locks.database
  where locktype = 'advisory' and granted and datname = current_database() and pid <> pg_backend_pid()
    and classid = 0 and objid = $1 and objsubid = 1`;

/** Sees that no server lives on the database. Errors: `DATA_DIR_IN_USE`. */
export async function refuseWhileServed(url: string): Promise<void> {
  const client = new pg.Client({ ...connectionSettings(url), query_timeout: ANSWER_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    if (await othersServe(client)) {
      throw new CommslogError(
        'DATA_DIR_IN_USE',
        'Another `commslog serve` uses this database. Stop it, or give this one its own DATA_DIR (or DATABASE_URL).',
      );
    }
  } finally {
    await endSoon(client);
  }
}

/** Whether a server lives on this database, besides the one that asks. */
export async function othersServe(client: Pick<pg.Client, 'query'>): Promise<boolean> {
  const { rows } = await client.query<{ served: boolean }>(`select exists (${HOLDERS}) as served`, [SERVE_LOCK]);
  return rows[0]?.served === true;
}

/** Whether a `serve` of an older program lives on this database. */
export async function olderServes(client: Pick<pg.Client, 'query'>): Promise<boolean> {
  const { rows } = await client.query<{ served: boolean }>(
    `select exists (${HOLDERS} and mode = 'ExclusiveLock') as served`,
    [SERVE_LOCK],
  );
  return rows[0]?.served === true;
}

/** Takes the lock, shared with all but older programs. False: one of those has it. It lasts as long as the connection. */
export async function shareServeLock(client: Pick<pg.Client, 'query'>): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock_shared($1) as held', [
    SERVE_LOCK,
  ]);
  return rows[0]?.held === true;
}

/** One that has gone silent would never be told. */
export async function endSoon(client: pg.Client): Promise<void> {
  await within(
    END_MS,
    client.end().catch(() => undefined),
    () => undefined,
  );
}
