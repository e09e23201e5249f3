import { type Kysely, sql } from 'kysely';
import { CommslogError } from '../../errors.ts';
import { type Leasing, leaseOnVersion } from '../../ports/lease.ts';
import { pause } from '../../retry.ts';
import type { ControlTables } from '../tables/schema.ts';
import { findVersion, noSuchVersion } from '../tables/versions.ts';

/** Whoever keeps the version up to date lets go of it within seconds, and a dead one's lease is over then. */
const LET_GO_MS = 20_000;
const POLL_MS = 250;

type DropDeps = {
  readonly db: Kysely<ControlTables>;
  readonly leases: Pick<Leasing, 'tryTake'>;
};

/**
 * Removes a version that is not served, also one that is being built; its row stays in the list. Errors: `NOT_FOUND`,
 * `CONFLICT` for the active version, and when whoever builds it does not let go.
 */
export async function dropVersion(deps: DropDeps, version: number): Promise<void> {
  const { db } = deps;
  const gone = await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set({ state: 'dropped', progress: null })
    .where('version', '=', version)
    .where('state', '<>', 'active')
    .where('switching', '=', false)
    .executeTakeFirst();
  if (gone.numUpdatedRows === 0n) {
    const found = await findVersion(db, version);
    if (!found) throw noSuchVersion(version);
    const why =
      found.state === 'active' ? 'The active version cannot be dropped.' : 'It is being activated; try again.';
    throw new CommslogError('CONFLICT', why);
  }
  const deadline = Date.now() + LET_GO_MS;
  // whoever runs the versions removes what is left too
  while ((await leftOvers(db)).includes(version) && !(await removeTables(deps, version))) {
    if (Date.now() > deadline) {
      throw new CommslogError('CONFLICT', `Version ${version} is still in use; its tables go when it is let go of.`);
    }
    await pause(POLL_MS);
  }
}

/** Removes what dropped and failed versions have left behind, as when a drop was ended in between. */
export async function sweepVersions(deps: DropDeps): Promise<void> {
  for (const version of await leftOvers(deps.db)) await removeTables(deps, version);
}

/** Versions that are given up and have tables. */
async function leftOvers(db: DropDeps['db']): Promise<readonly number[]> {
  const left = await db
    .withSchema('commslog')
    .selectFrom('read_model_version')
    .select('version')
    .where('state', 'in', ['dropped', 'failed'])
    .where(sql<boolean>`to_regnamespace(schema_name) is not null`)
    .execute();
  return left.map(({ version }) => version);
}

/** False while somebody works on them. */
async function removeTables({ db, leases }: DropDeps, version: number): Promise<boolean> {
  const lease = await leases.tryTake(leaseOnVersion(version));
  if (lease === null) return false;
  try {
    await sql`drop schema if exists ${sql.id(`read_v${version}`)} cascade`.execute(db);
    return true;
  } finally {
    await lease.release();
  }
}
