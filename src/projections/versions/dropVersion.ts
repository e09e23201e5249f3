import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { CommslogError } from '../../errors.ts';
import type { ControlTables } from '../tables/schema.ts';
import { tryVersionLock } from '../tables/versionLock.ts';
import { findVersion, noSuchVersion } from '../tables/versions.ts';

/** Whoever keeps the version up to date lets go of it within seconds. */
const LET_GO_MS = 20_000;
const POLL_MS = 50;

type Db = Kysely<ControlTables>;

/**
 * Removes a version that is not served, also one that is being built; its row stays in the list. Errors: `NOT_FOUND`,
 * `CONFLICT` for the active version, and when whoever builds it does not let go.
 */
export async function dropVersion({ db, url }: { readonly db: Db; readonly url: string }, version: number) {
  const gone = await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set({ state: 'dropped', progress: null })
    .where('version', '=', version)
    .where('state', '<>', 'active')
    .executeTakeFirst();
  if (gone.numUpdatedRows === 0n) {
    if (await findVersion(db, version)) throw new CommslogError('CONFLICT', 'The active version cannot be dropped.');
    throw noSuchVersion(version);
  }
  const deadline = Date.now() + LET_GO_MS;
  while (!(await removeTables({ db, url }, version))) {
    if (Date.now() > deadline) {
      throw new CommslogError('CONFLICT', `Version ${version} is still in use; its tables go when it is let go of.`);
    }
    await sleep(POLL_MS);
  }
}

/** Removes what dropped and failed versions have left behind, as when a drop was ended in between. */
export async function sweepVersions({ db, url }: { readonly db: Db; readonly url: string }): Promise<void> {
  const left = await db
    .withSchema('commslog')
    .selectFrom('read_model_version')
    .select('version')
    .where('state', 'in', ['dropped', 'failed'])
    .where(sql<boolean>`to_regnamespace(schema_name) is not null`)
    .execute();
  for (const { version } of left) await removeTables({ db, url }, version);
}

/** False while another process works on them. */
async function removeTables({ db, url }: { readonly db: Db; readonly url: string }, version: number): Promise<boolean> {
  const lock = await tryVersionLock(url, version);
  if (lock === null) return false;
  try {
    await sql`drop schema if exists ${sql.id(`read_v${version}`)} cascade`.execute(db);
    return true;
  } finally {
    await lock.release();
  }
}
