import { type Kysely, sql } from 'kysely';
import { hasCode } from '../../errors.ts';
import type { RebuildState } from '../../ports/rebuilds.ts';
import { CHANGES_CHANNEL, type ControlTables } from '../tables/schema.ts';

type Db = Kysely<ControlTables>;

/**
 * Switches to this version: tells the log (`tell`, given the version's state), then lets readers see it from their next
 * request on, and keeps the one before for a roll-back. Nobody else can switch meanwhile, nor drop this version. That it was
 * begun is stored first: when it is not known whether the log was told, or the pointer could not be moved, it is
 * settled by `settleSwitch`.
 */
export async function switchTo(db: Db, version: number, tell: (state: RebuildState) => Promise<void>): Promise<void> {
  let isTold = false;
  try {
    await db.transaction().execute(async (transaction) => {
      await transaction.withSchema('commslog').selectFrom('read_model').select('active_version').forUpdate().execute();
      // on another connection: it stays, whatever becomes of this transaction
      await markSwitching(db, version, true);
      const { state } = await transaction
        .withSchema('commslog')
        .selectFrom('read_model_version')
        .select('state')
        .where('version', '=', version)
        .forUpdate()
        .executeTakeFirstOrThrow();
      await tell(state);
      isTold = true;
      await pointTo(transaction, version);
    });
  } catch (error) {
    // should this fail too, it is settled later
    if (!isTold && !hasCode(error, 'LOG_OUTCOME_UNKNOWN'))
      await markSwitching(db, version, false).catch(() => undefined);
    throw error;
  }
}

/** Moves the pointer. Nobody waits: a reader takes it as it was committed last. */
export async function pointTo(transaction: Db, version: number): Promise<void> {
  const tables = transaction.withSchema('commslog');
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
    .set({ state: 'active', activated_at: at, replaced_at: null, switching: false })
    .where('version', '=', version)
    .execute();
  // whatever waited, somebody has decided
  await tables.updateTable('read_model').set({ active_version: version, waiting_rules: null }).execute();
  await sql`select pg_notify(${CHANGES_CHANNEL}, '')`.execute(transaction);
}

async function markSwitching(db: Db, version: number, switching: boolean): Promise<void> {
  await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set({ switching })
    .where('version', '=', version)
    .execute();
}
