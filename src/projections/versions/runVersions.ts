import { abortingWith } from '../../aborting.ts';
import { isOfNewerProgram } from '../../domain/derivation.ts';
import { nameOf } from '../../errorPolicy.ts';
import { type Lease, type Leasing, leaseOnVersion } from '../../ports/lease.ts';
import { pause } from '../../retry.ts';
import { livingVersions, type VersionInState } from '../tables/versions.ts';
import { sweepVersions } from './dropVersion.ts';
import { dropExpired } from './rollbackWindow.ts';
import { type RunOptions, runVersion } from './runVersion.ts';
import { settleSwitch } from './settleSwitch.ts';

/** How often it is looked which versions there are. */
const POLL_MS = 500;

export type RunAllOptions = RunOptions & {
  readonly leases: Leasing;
  /** of several servers the one that holds it sweeps up, and settles switches that broke off */
  readonly upkeep: Lease;
  /** how long the version before is kept to go back to; default: 0, until it is dropped by hand */
  readonly rollbackHours?: number;
};

type Running = { readonly stop: AbortController; readonly done: Promise<void> };

/**
 * Builds versions that are asked for and keeps every version up to date, each whenever its lease is held; drops the
 * one before when nobody may go back to it any more, and removes what dropped ones left. A version that a newer program has
 * built is left to newer ones. Resolves when the signal has stopped it; rejects when the active version belongs to another
 * log.
 */
export async function runVersions(options: RunAllOptions): Promise<void> {
  const { db, leases, logger, signal, upkeep } = options;
  const running = new Map<number, Running>();
  const stopAll = abortingWith(signal);
  const until = stopAll.signal;
  let failure: unknown;

  const start = ({ version }: VersionInState): Running => {
    const stop = abortingWith(until);
    const lease = leases.want(leaseOnVersion(version));
    const done = runVersion(version, lease, { ...options, signal: stop.signal })
      .catch((error: unknown) => {
        failure ??= error;
        stopAll.abort();
      })
      .finally(() => stop.abort())
      .finally(() => lease.release())
      .finally(() => running.delete(version));
    return { stop, done };
  };

  let said = false;
  let isSettled = false;
  while (!until.aborted) {
    try {
      isSettled = upkeep.state() === 'held' && (await settled(options, { atStart: !isSettled }));
      if (upkeep.state() === 'held') await tidyUp(options);
      const living = (await livingVersions(db)).filter(({ derivation }) => !isOfNewerProgram(derivation));
      for (const [version, { stop }] of running) if (!living.some((one) => one.version === version)) stop.abort();
      for (const one of living) if (!running.has(one.version)) running.set(one.version, start(one));
      said = false;
    } catch (error) {
      if (!said) logger.warn({ error: nameOf(error) }, 'cannot see which read-model versions there are, trying again');
      said = true;
    }
    await pause(POLL_MS, until);
  }
  await Promise.all([...running.values()].map(({ done }) => done));
  if (failure !== undefined) throw failure;
}

/** False while it cannot be seen, as when the log is away: the versions are run all the same. */
async function settled(options: RunAllOptions, when: { readonly atStart: boolean }): Promise<boolean> {
  try {
    await settleSwitch(options, when);
    return true;
  } catch (error) {
    options.logger.warn({ error: nameOf(error) }, 'cannot see whether a switch was interrupted, trying again');
    return !when.atStart;
  }
}

/** Gives up versions that nobody may go back to any more, and removes what is given up. */
async function tidyUp(options: RunAllOptions): Promise<void> {
  const { db, logger, rollbackHours = 0 } = options;
  for (const version of await dropExpired(db, rollbackHours)) {
    logger.info({ version, hours: rollbackHours }, 'the time to roll back to this version is over: it is dropped');
  }
  await sweepVersions(options);
}
