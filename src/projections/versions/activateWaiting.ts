import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { nameOf } from '../../errorPolicy.ts';
import { CommslogError } from '../../errors.ts';
import type { ControlTables } from '../tables/schema.ts';
import { findVersion, livingVersions } from '../tables/versions.ts';
import { rulesInForce } from './acceptedRules.ts';
import { type ActivationDeps, activateVersion } from './activation.ts';
import { dropVersion } from './dropVersion.ts';
import { requestRebuild } from './requestRebuild.ts';

const POLL_MS = 500;

export type ActivateWaitingOptions = ActivationDeps & {
  readonly url: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
};

/**
 * For `AUTO_ACTIVATE`: what waits is built (by whoever runs the versions) and served without asking, and only one version
 * is kept for a roll-back. What is in the way, such as parked events, is said in the program's log, and nothing is switched.
 */
export async function activateWaiting(options: ActivateWaitingOptions): Promise<void> {
  const { db, logger, signal } = options;
  try {
    const waiting = (await rulesInForce(db))?.waiting;
    if (!waiting) return;
    const version = await requestRebuild(options, { rules: waiting.rules, source: 'file' }, null);
    const state = await stateOnceBuilt(db, version, signal);
    if (state !== 'ready') return;
    await dropPrevious(options);
    await activateVersion(options, { version, force: false }, null);
    logger.info({ version }, 'the rebuilt read-model version is served');
  } catch (error) {
    const why = error instanceof CommslogError ? error.message : nameOf(error);
    logger.error({ error: nameOf(error) }, `what waits was not activated: ${why}`);
  }
}

async function stateOnceBuilt(db: Kysely<ControlTables>, version: number, signal: AbortSignal) {
  while (!signal.aborted) {
    const found = await findVersion(db, version);
    if (found?.state !== 'building') return found?.state;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

async function dropPrevious({ db, url }: ActivateWaitingOptions): Promise<void> {
  for (const { version, state } of await livingVersions(db)) {
    if (state === 'previous') await dropVersion({ db, url }, version);
  }
}
