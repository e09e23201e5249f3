import type pg from 'pg';

/** Who moves events into packs, or changes what is in them; with the table's own number, so each log has its own. */
const PACKS = 726_502_194;

/**
 * Until the end of the transaction nobody else packs or erases. It comes before the head's lock: who appends must not wait for
 * who packs.
 */
export async function lockPacks(client: pg.PoolClient, schema: string): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, $2::regclass::oid::int)', [PACKS, `${schema}.pack`]);
}
