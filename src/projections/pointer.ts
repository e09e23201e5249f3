import { type Kysely, sql } from 'kysely';
import { CHANGES_CHANNEL, type ControlTables } from './schema.ts';

/**
 * Lets readers see this version from their next request on, and keeps the one before for a roll-back. Nobody waits: a
 * reader takes the pointer as it was committed last.
 */
export async function pointTo(db: Kysely<ControlTables>, version: number): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const tables = transaction.withSchema('commslog');
    await tables.selectFrom('read_model').select('active_version').forUpdate().execute();
    await tables
      .updateTable('read_model_version')
      .set({ state: 'previous' })
      .where('state', '=', 'active')
      .where('version', '<>', version)
      .execute();
    await tables
      .updateTable('read_model_version')
      .set({ state: 'active', activated_at: sql<string>`now()` })
      .where('version', '=', version)
      .execute();
    // whatever waited, somebody has decided
    await tables.updateTable('read_model').set({ active_version: version, waiting_rules: null }).execute();
    await sql`select pg_notify(${CHANGES_CHANNEL}, '')`.execute(transaction);
  });
}
