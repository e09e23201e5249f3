import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { nameOf, policyOf } from '../../errorPolicy.ts';
import { hasCode } from '../../errors.ts';
import { type Lease, type Leasing, whenHeld } from '../../ports/lease.ts';
import { pause } from '../../retry.ts';
import { textOf } from '../following/persevere.ts';
import type { ControlTables } from '../tables/schema.ts';
import { findVersion, livingVersions } from '../tables/versions.ts';
import { rulesInForce } from './acceptedRules.ts';
import { type ActivationDeps, activateVersion } from './activation.ts';
import { dropVersion } from './dropVersion.ts';
import { requestRebuild } from './requestRebuild.ts';

const POLL_MS = 500;
/** What passes by itself is tried again after this time, for as long as it takes. */
const TRY_AGAIN_MS = 5_000;

export type ActivateWaitingOptions = ActivationDeps & {
  readonly leases: Leasing;
  /** of several servers the one that holds it does it */
  readonly upkeep: Lease;
  readonly logger: Logger;
  readonly signal: AbortSignal;
};

/**
 * For `AUTO_ACTIVATE`: what waits is built (by whoever runs the versions) and served without asking, and only one version
 * is kept for a roll-back. What is in the way for good, such as parked events, is said in the program's log, and nothing is
 * switched.
 */
export async function activateWaiting(options: ActivateWaitingOptions): Promise<void> {
  const { db, logger, signal, upkeep } = options;
  await whenHeld(upkeep, signal);
  let version: number | null = null;
  while (!signal.aborted) {
    try {
      version ??= await askForWhatWaits(options);
      if (version === null || (await stateOnceBuilt(db, version, signal)) !== 'ready') return;
      await dropPrevious(options);
      await activateVersion(options, { version, force: false }, null);
      logger.info({ version }, 'the rebuilt read-model version is served');
      return;
    } catch (error) {
      logger.error({ error: nameOf(error) }, `what waits was not activated: ${textOf(error)}`);
      if (!mayGoBy(error)) return;
      await pause(TRY_AGAIN_MS, signal);
    }
  }
}

/** Its version; null: nothing waits. */
async function askForWhatWaits(options: ActivateWaitingOptions): Promise<number | null> {
  const waiting = (await rulesInForce(options.db))?.waiting;
  return waiting ? requestRebuild(options, { rules: waiting.rules, source: 'file' }, null) : null;
}

/** By itself, or when a person has mended it. */
function mayGoBy(error: unknown): boolean {
  return policyOf(error) === 'later' || policyOf(error) === 'person' || hasCode(error, 'REBUILD_BEHIND');
}

async function stateOnceBuilt(db: Kysely<ControlTables>, version: number, signal: AbortSignal) {
  while (!signal.aborted) {
    const found = await findVersion(db, version);
    if (found?.state !== 'building') return found?.state;
    await pause(POLL_MS, signal);
  }
  return undefined;
}

async function dropPrevious({ db, leases }: ActivateWaitingOptions): Promise<void> {
  for (const { version, state } of await livingVersions(db)) {
    if (state === 'previous') await dropVersion({ db, leases }, version);
  }
}
