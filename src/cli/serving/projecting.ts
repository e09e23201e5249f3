import type pg from 'pg';
import { abortingWith } from '../../aborting.ts';
import type { Leases } from '../../adapters/postgres/index.ts';
import { seeSettings } from '../../log/settings.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import {
  activateWaiting,
  controlDb,
  type FailedTries,
  rulesInForce,
  runVersions,
  seeRules,
  UPKEEP,
  untilVersion,
} from '../../projections/index.ts';
import { buildInProcess } from '../opening/buildInProcess.ts';
import { proposedRules } from '../opening/rulesFile.ts';
import { whyRebuild } from '../text/whyRebuild.ts';
import { type Run, whenThere } from './run.ts';
import type { Tables } from './storage.ts';
import { tellUnknownPlaces } from './tellUnknownPlaces.ts';

/** By version, those whose last try has failed. */
export type ProjectorTries = Map<number, FailedTries>;

type Deps = Pick<Tables, 'pools' | 'url'> & {
  readonly leases: Leases;
  readonly log: EventStore;
  /** is told of each version what its projecting fails by */
  readonly failedTries: ProjectorTries;
};

/**
 * Sees to it that there is an active version, says what waits for a rebuild, then builds versions and keeps them up to
 * date until the run ends. Waits for a log that is away.
 */
export async function project(run: Run, { pools, url, leases, log, failedTries }: Deps): Promise<void> {
  const pool = pools.projecting;
  const { config, isDemo, logger, stop, closing } = run;
  const db = controlDb(pool);
  const clock = systemClock;
  const { rules, settings, source } = proposedRules(config);
  const activates = isDemo || config.AUTO_ACTIVATE;
  const upkeep = leases.want(UPKEEP);
  await whenThere(run, async () => {
    await untilVersion({ db, log, rules, rulesSource: source, clock, upkeep, signal: stop.signal });
    await seeRules(db, rules);
    await seeSettings(log, { settings, source }, clock);
    await sayWhatWaits(run, pool, activates);
  });

  const ending = abortingWith(stop.signal);
  const onTries = (version: number, failed: FailedTries | null) => {
    if (failed === null) failedTries.delete(version);
    else failedTries.set(version, failed);
  };
  const versions = { db, pool, leases, upkeep, log, logger, clock, signal: ending.signal, onTries };
  const build = buildInProcess({ config, url, logger });
  const done = Promise.all([
    runVersions({ ...versions, rollbackHours: config.ROLLBACK_HOURS, build }),
    activates ? activateWaiting(versions) : undefined,
  ]);
  closing.add('read-model versions', async () => {
    ending.abort();
    await done.catch(() => undefined);
  });
  done.catch(stop.fail);
  // it looks through the rows of a month: nothing waits for it
  void tellUnknownPlaces(logger, pools.administering);
}

async function sayWhatWaits({ logger }: Run, pool: pg.Pool, activates: boolean): Promise<void> {
  const waiting = (await rulesInForce(controlDb(pool)))?.waiting;
  if (!waiting) return;
  const { reason, derivation } = waiting;
  const how = activates ? 'it is built and served without asking' : 'see `commslog rebuild --dry-run`';
  logger.warn({ reason, derivation }, `a rebuild waits: ${whyRebuild(reason)}; ${how}`);
}
