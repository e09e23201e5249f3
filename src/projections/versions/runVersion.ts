import type { Kysely } from 'kysely';
import { derivationOf } from '../../domain/derivation.ts';
import { nameOf } from '../../errorPolicy.ts';
import { type Persevering, persevere, textOf } from '../following/persevere.ts';
import { followLog } from '../following/projector.ts';
import type { ControlTables } from '../tables/schema.ts';
import { tryVersionLock, type VersionLock } from '../tables/versionLock.ts';
import { markMixed, markObstacle, type ReadModelVersion, type VersionInState } from '../tables/versions.ts';
import { type BuildOptions, buildVersion } from './buildVersion.ts';

export type RunOptions = Omit<BuildOptions, 'version'> & {
  /** the same database, for the locks */
  readonly url: string;
  /** builds one version as `buildVersion` does, elsewhere: it takes the processor for as long as it works; default: here */
  readonly build?: (version: ReadModelVersion, signal: AbortSignal) => Promise<void>;
  /** how often is looked whether what needs a person was mended; default: every half minute */
  readonly lookAgainMs?: number;
} & Pick<Persevering, 'onTries'>;

/**
 * Builds the version if it is not built yet, then keeps it up to date until the signal stops it; at once over when another
 * process does. One that was built from another log is `failed`; rejects when it is the active one.
 */
export async function runVersion(one: VersionInState, options: RunOptions): Promise<void> {
  const lock = await takeLock(one, options);
  if (lock === null) return;
  const { db, logger } = options;
  const held = { ...options, signal: AbortSignal.any([options.signal, lock.lost]) };
  try {
    if (one.state === 'building') await build(one, held);
    if (!held.signal.aborted) await follow(one, held);
  } catch (error) {
    logger.error({ version: one.version, error: nameOf(error) }, 'a read-model version cannot go on');
    if (!(await markFailed(db, one, textOf(error)))) throw error;
  } finally {
    await lock.release().catch(() => undefined);
  }
}

async function takeLock({ version }: VersionInState, { url, logger }: RunOptions): Promise<VersionLock | null> {
  try {
    return await tryVersionLock(url, version);
  } catch (error) {
    logger.warn({ version, error: nameOf(error) }, 'cannot take the lock on a read-model version, trying again');
    return null;
  }
}

async function build(version: VersionInState, options: RunOptions): Promise<void> {
  const { db, logger, signal } = options;
  logger.info({ version: version.version }, 'building a read-model version');
  await persevere(
    async (went) => {
      if (options.build) await options.build(version, signal);
      else await buildVersion({ ...options, version });
      await went();
    },
    { ...options, version: version.version, tellObstacle: (obstacle) => markObstacle(db, version, obstacle) },
  );
  if (!signal.aborted) logger.info({ version: version.version }, 'the read-model version is built');
}

async function follow(version: VersionInState, options: RunOptions): Promise<void> {
  const { db } = options;
  if (derivationOf(version.rules) !== version.derivation) await markMixed(db, version);
  await followLog({ ...options, version, tellObstacle: (obstacle) => markObstacle(db, version, obstacle) });
}

/** False for the active version: without it there is nothing to serve. */
async function markFailed(db: Kysely<ControlTables>, { version }: VersionInState, error: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set({ state: 'failed', error, progress: null })
    .where('version', '=', version)
    .where('state', '<>', 'active')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
