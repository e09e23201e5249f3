import type { Kysely } from 'kysely';
import { abortingWith } from '../../aborting.ts';
import { derivationOf } from '../../domain/derivation.ts';
import { MAX_UNLISTED_TRIES, nameOf } from '../../errorPolicy.ts';
import { type Lease, whileHeld } from '../../ports/lease.ts';
import { type Persevering, persevere, textOf } from '../following/persevere.ts';
import { followLog } from '../following/projector.ts';
import type { ControlTables } from '../tables/schema.ts';
import {
  findVersion,
  LIVING,
  markMixed,
  markObstacle,
  type ReadModelVersion,
  type VersionInState,
} from '../tables/versions.ts';
import { type BuildOptions, buildVersion } from './buildVersion.ts';

export type RunOptions = Omit<BuildOptions, 'version'> & {
  /** builds one version as `buildVersion` does, elsewhere: it takes the processor for as long as it works; default: here */
  readonly build?: (version: ReadModelVersion, signal: AbortSignal) => Promise<void>;
  /** how often is looked whether what needs a person was mended; default: every half minute */
  readonly lookAgainMs?: number;
} & Pick<Persevering, 'onTries'>;

/**
 * Builds the version if it is not built yet, then keeps it up to date, both only while the lease is held, until the signal
 * stops it or the version is given up. One that was built from another log is `failed`; rejects when it is the active one.
 */
export async function runVersion(version: number, lease: Lease, options: RunOptions): Promise<void> {
  const { db, logger, signal } = options;
  const over = abortingWith(signal);
  await whileHeld(lease, over.signal, async (held) => {
    try {
      const found = await asItStands(version, { ...options, signal: held });
      if (found !== null) await keep(found, { ...options, signal: held });
      else if (!held.aborted) over.abort();
    } catch (error) {
      logger.error({ version, error: nameOf(error) }, 'a read-model version cannot go on');
      over.abort();
      if (!(await markFailed(db, version, textOf(error)))) throw error;
    }
  });
}

/** Another may have built it or given it up, since it was looked at last. Null: it has been given up, or the signal came. */
async function asItStands(version: number, options: RunOptions): Promise<VersionInState | null> {
  const { db } = options;
  const seen: { found: VersionInState | null } = { found: null };
  await persevere(
    async () => {
      const found = await findVersion(db, version);
      seen.found = found !== null && LIVING.some((state) => state === found.state) ? found : null;
    },
    { ...options, version, tellObstacle: async () => {} },
  );
  return seen.found;
}

async function keep(one: VersionInState, options: RunOptions): Promise<void> {
  if (one.state === 'building') await build(one, options);
  if (!options.signal.aborted) await follow(one, options);
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
    {
      ...options,
      version: version.version,
      patience: MAX_UNLISTED_TRIES,
      tellObstacle: (obstacle) => markObstacle(db, version, obstacle),
    },
  );
  if (!signal.aborted) logger.info({ version: version.version }, 'the read-model version is built');
}

async function follow(version: VersionInState, options: RunOptions): Promise<void> {
  const { db } = options;
  const tellObstacle = (obstacle: string | null) => markObstacle(db, version, obstacle);
  if (derivationOf(version.rules) !== version.derivation) {
    const about = { ...options, version: version.version, tellObstacle };
    await persevere(() => markMixed(db, version), about);
  }
  if (!options.signal.aborted) await followLog({ ...options, version, tellObstacle });
}

/** False for the active version: without it there is nothing to serve. */
async function markFailed(db: Kysely<ControlTables>, version: number, error: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set({ state: 'failed', error, progress: null })
    .where('version', '=', version)
    .where('state', '<>', 'active')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
