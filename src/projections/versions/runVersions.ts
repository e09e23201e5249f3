import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { derivationOf } from '../../domain/derivation.ts';
import { nameOf } from '../../errorPolicy.ts';
import { createBackoff, pause } from '../../retry.ts';
import { startProjector } from '../following/projector.ts';
import { isFinal, RETRIES } from '../following/retrying.ts';
import type { ControlTables } from '../tables/schema.ts';
import { tryVersionLock, type VersionLock } from '../tables/versionLock.ts';
import { livingVersions, markMixed, type ReadModelVersion, type VersionInState } from '../tables/versions.ts';
import { type BuildOptions, buildVersion } from './buildVersion.ts';
import { sweepVersions } from './dropVersion.ts';
import { dropExpired } from './rollbackWindow.ts';

/** How often it is looked which versions there are. */
const POLL_MS = 500;

export type RunOptions = Omit<BuildOptions, 'version'> & {
  /** the same database, for the locks */
  readonly url: string;
  /** how long the version before is kept to go back to; default: 0, until it is dropped by hand */
  readonly rollbackHours?: number;
  /** builds one version as `buildVersion` does, elsewhere: it takes the processor for as long as it works; default: here */
  readonly build?: (version: ReadModelVersion, signal: AbortSignal) => Promise<void>;
};

type Running = { readonly stop: AbortController; readonly done: Promise<void> };

/**
 * Builds versions that are asked for and keeps every version up to date, each as long as no other process does; drops the
 * one before when nobody may go back to it any more, and removes what dropped ones left. Resolves when the signal has
 * stopped it; rejects with the first error of the active version that trying again cannot help. Such an error of another version makes that one `failed`.
 */
export async function runVersions(options: RunOptions): Promise<void> {
  const { db, logger, signal, rollbackHours = 0 } = options;
  const running = new Map<number, Running>();
  const stopAll = new AbortController();
  const until = AbortSignal.any([signal, stopAll.signal]);
  let failure: unknown;

  const start = (one: VersionInState): Running => {
    const stop = new AbortController();
    const done = runVersion(one, { ...options, signal: AbortSignal.any([until, stop.signal]) })
      .catch(async (error: unknown) => {
        logger.error({ version: one.version, error: nameOf(error) }, 'a read-model version cannot go on');
        if (await markFailed(db, one, error)) return;
        failure ??= error;
        stopAll.abort();
      })
      .finally(() => running.delete(one.version));
    return { stop, done };
  };

  let said = false;
  while (!until.aborted) {
    try {
      for (const version of await dropExpired(db, rollbackHours)) {
        logger.info({ version, hours: rollbackHours }, 'the time to roll back to this version is over: it is dropped');
      }
      await sweepVersions(options);
      const living = await livingVersions(db);
      for (const [version, { stop }] of running) if (!living.some((one) => one.version === version)) stop.abort();
      for (const one of living) if (!running.has(one.version)) running.set(one.version, start(one));
      said = false;
    } catch (error) {
      if (!said) logger.warn({ error: nameOf(error) }, 'cannot see which read-model versions there are, trying again');
      said = true;
    }
    await sleep(POLL_MS, undefined, { signal: until }).catch(() => undefined);
  }
  await Promise.all([...running.values()].map(({ done }) => done));
  if (failure !== undefined) throw failure;
}

/** Builds the version if it is not built yet, then keeps it up to date; at once over when another process does. */
async function runVersion(one: VersionInState, options: RunOptions): Promise<void> {
  const lock = await takeLock(one, options);
  if (lock === null) return;
  const { db, pool, log, logger, clock } = options;
  const signal = AbortSignal.any([options.signal, lock.lost]);
  try {
    if (one.state === 'building') await build(one, { ...options, signal });
    if (signal.aborted) return;
    if (derivationOf(one.rules) !== one.derivation) await markMixed(db, one);
    await startProjector({ version: one, pool, log, logger, clock, signal }).done;
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
  const { logger, signal } = options;
  logger.info({ version: version.version }, 'building a read-model version');
  const waits = createBackoff(RETRIES);
  while (!signal.aborted) {
    try {
      if (options.build) await options.build(version, signal);
      else await buildVersion({ ...options, version });
      if (!signal.aborted) logger.info({ version: version.version }, 'the read-model version is built');
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error)) throw error;
      logger.warn({ version: version.version, error: nameOf(error) }, 'building failed, trying again');
      await pause(waits.next(), signal);
    }
  }
}

/** False for the active version: without it there is nothing to serve. */
async function markFailed(db: Kysely<ControlTables>, { version }: VersionInState, error: unknown): Promise<boolean> {
  const text = isFinal(error) ? `${error.message} [${error.code}]` : nameOf(error);
  const { numUpdatedRows } = await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set({ state: 'failed', error: text, progress: null })
    .where('version', '=', version)
    .where('state', '<>', 'active')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
