import { type Kysely, sql } from 'kysely';
import type { RebuildState } from '../../ports/rebuilds.ts';
import { CHANGES_CHANNEL, type ControlTables } from '../tables/schema.ts';

/**
 * Lets readers see this version from their next request on, and keeps the one before for a roll-back. Nobody waits: a
 * reader takes the pointer as it was committed last. `before` is called with the version's state first, while nobody else
 * can switch, nor drop this version; when it fails, nothing is switched.
 */
export async function pointTo(
  db: Kysely<ControlTables>,
  version: number,
  before: (state: RebuildState) => Promise<void> = async () => {},
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const tables = transaction.withSchema('commslog');
    await tables.selectFrom('read_model').select('active_version').forUpdate().execute();
    const { state } = await tables
      .selectFrom('read_model_version')
      .select('state')
      .where('version', '=', version)
      .forUpdate()
      .executeTakeFirstOrThrow();
    await before(state);
    // not now(): it is when the transaction began, and this one may have waited for another switch
    const at = sql<string>`clock_timestamp()`;
    await tables
      .updateTable('read_model_version')
      .set({ state: 'previous', replaced_at: at })
      .where('state', '=', 'active')
      .where('version', '<>', version)
      .execute();
    await tables
      .updateTable('read_model_version')
      .set({ state: 'active', activated_at: at, replaced_at: null })
      .where('version', '=', version)
      .execute();
    // whatever waited, somebody has decided
    await tables.updateTable('read_model').set({ active_version: version, waiting_rules: null }).execute();
    await sql`select pg_notify(${CHANGES_CHANNEL}, '')`.execute(transaction);
  });
}
