import type { Leases } from '../../../src/adapters/postgres/index.ts';
import type { Author } from '../../../src/domain/events.ts';
import type { Rules } from '../../../src/domain/rules.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import type { Rebuild, Rebuilds } from '../../../src/ports/rebuilds.ts';
import { createRebuilds, type RunAllOptions, runVersions, UPKEEP } from '../../../src/projections/index.ts';
import { findVersion, type VersionInState } from '../../../src/projections/tables/versions.ts';
import { eventually } from '../../support/eventually.ts';
import { silent, type TestReadModel } from '../support/readModel.ts';

export const ADMIN: Author = { actor: { sub: 'admin-1', role: 'admin' }, requestId: 'request-1' };

const leasesOf = new WeakMap<TestReadModel, Leases>();

export function rebuildsOf(model: TestReadModel, rollbackHours = 0): Rebuilds {
  const { pool, log } = model;
  const leases = leasesOf.get(model) ?? model.leases();
  leasesOf.set(model, leases);
  return createRebuilds({ pool, leases, log, clock: systemClock, rollbackHours });
}

export type RunningVersions = { readonly done: Promise<void>; stop(): Promise<void> };

/** Builds and follows versions as `serve` does, until it is stopped. */
export function runAll(
  model: TestReadModel,
  own: Partial<Pick<RunAllOptions, 'rollbackHours' | 'logger' | 'lookAgainMs'>> = {},
): RunningVersions {
  const stopping = new AbortController();
  const { db, pool, log } = model;
  const leases = model.leases();
  const upkeep = leases.want(UPKEEP);
  const options = { db, pool, leases, upkeep, log, logger: silent, clock: systemClock, signal: stopping.signal };
  const done = runVersions({ ...options, ...own }).finally(() => leases.close());
  // who stops it hears of an error; nobody else needs to
  done.catch(() => undefined);
  return {
    done,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

/** Waits until the version is built. */
export async function untilReady(rebuilds: Rebuilds, version: number): Promise<Rebuild> {
  await eventually(`version ${version} is built`, async () => (await rebuilds.get(version)).state !== 'building');
  return rebuilds.get(version);
}

/** Asks for a rebuild and waits for it. */
export async function rebuilt(rebuilds: Rebuilds, rules: Rules | null = null): Promise<Rebuild> {
  const { version } = await rebuilds.request(rules, 'api', ADMIN);
  return untilReady(rebuilds, version);
}

export async function versionOf(model: TestReadModel, version: number): Promise<VersionInState> {
  const found = await findVersion(model.db, version);
  if (!found) throw new Error(`there is no version ${version}`);
  return found;
}
