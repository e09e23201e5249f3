import { type Kysely, sql } from 'kysely';
import { within } from '../../deadline.ts';
import { CommslogError, hasCode } from '../../errors.ts';
import type { RebuildState } from '../../ports/rebuilds.ts';
import { pause } from '../../retry.ts';
import { CHANGES_CHANNEL, type ControlTables } from '../tables/schema.ts';

type Db = Kysely<ControlTables>;

/** How long the log may take to be told. */
const TELL_MS = 20_000;
/** So long nobody else switches, nor settles what this one has begun. */
const SWITCHING = sql<string>`clock_timestamp() + interval '30 s'`;
/** How long a switch waits for another one. */
const FREE_WITHIN_MS = 5_000;
const POLL_MS = 50;

export type Switch = {
  /** Throws when the version, in this state, may not be switched to. */
  readonly check: (state: RebuildState) => void;
  /** Tells the log, unless it was told anything since the switch was thought of. */
  readonly tell: () => Promise<void>;
};

/**
 * Switches to this version: tells the log, then lets readers see it from their next request on, and keeps the one before
 * for a roll-back. Nobody else can switch meanwhile, nor drop this version: that it is begun is stored first, and no
 * transaction is open while the log is told. When it is not known whether the log was told, or the pointer could not be
 * moved, it is settled by `settleSwitch`. Errors: those of `check` and `tell`, `CONFLICT` when somebody else switches.
 */
export async function switchTo(db: Db, version: number, { check, tell }: Switch): Promise<void> {
  const until = await begin(db, version, check);
  try {
    await within(TELL_MS, tell(), () => {
      throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'The log does not say whether it has been told of the switch.');
    });
  } catch (error) {
    const left = hasCode(error, 'LOG_OUTCOME_UNKNOWN') ? { switching_until: null } : NOT_SWITCHING;
    // should this fail too, it is settled when its time is over
    await mark(db, { version, until }, left).catch(() => undefined);
    throw error;
  }
  await db.transaction().execute(async (transaction) => {
    await lockPointer(transaction);
    const isOurs = await mark(transaction, { version, until }, NOT_SWITCHING);
    if (!isOurs) throw new CommslogError('CONFLICT', 'The switch took too long and was settled meanwhile; look again.');
    await pointTo(transaction, version);
  });
}

const NOT_SWITCHING = { switching: false, switching_until: null };

/** Waits for a switch that is under way. Until when this one may take. */
async function begin(db: Db, version: number, check: Switch['check']): Promise<string> {
  const deadline = Date.now() + FREE_WITHIN_MS;
  for (;;) {
    const until = await tryToBegin(db, version, check);
    if (until !== null) return until;
    if (Date.now() > deadline) throw new CommslogError('CONFLICT', 'Another version is being activated; try again.');
    await pause(POLL_MS);
  }
}

/** Null: another switch is under way, or has to be settled first. */
function tryToBegin(db: Db, version: number, check: Switch['check']): Promise<string | null> {
  return db.transaction().execute(async (transaction) => {
    await lockPointer(transaction);
    const tables = transaction.withSchema('commslog');
    const begun = await tables
      .selectFrom('read_model_version')
      .select('version')
      .where('switching', '=', true)
      .execute();
    if (begun.length > 0) return null;
    const { state } = await tables
      .selectFrom('read_model_version')
      .select('state')
      .where('version', '=', version)
      .forUpdate()
      .executeTakeFirstOrThrow();
    check(state);
    const { switching_until } = await tables
      .updateTable('read_model_version')
      .set({ switching: true, switching_until: SWITCHING })
      .where('version', '=', version)
      .returning('switching_until')
      .executeTakeFirstOrThrow();
    return switching_until;
  });
}

/** What is decided about the pointer in this transaction, nobody else decides. */
export async function lockPointer(transaction: Db): Promise<void> {
  await transaction.withSchema('commslog').selectFrom('read_model').select('active_version').forUpdate().execute();
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
    .set({ state: 'active', activated_at: at, replaced_at: null })
    .where('version', '=', version)
    .execute();
  // whatever waited, somebody has decided
  await tables.updateTable('read_model').set({ active_version: version, waiting_rules: null }).execute();
  await sql`select pg_notify(${CHANGES_CHANNEL}, '')`.execute(transaction);
}

/** False: the switch is not ours any more. */
async function mark(
  db: Db,
  { version, until }: { readonly version: number; readonly until: string },
  as: { readonly switching?: boolean; readonly switching_until: null },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set(as)
    .where('version', '=', version)
    .where('switching_until', '=', until)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
