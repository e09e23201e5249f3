import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { type Author, streamOf } from '../../domain/events.ts';
import { CommslogError } from '../../errors.ts';
import { endOf } from '../../log/streamEnds.ts';
import { tellLogAt } from '../../log/tellLog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { RebuildState } from '../../ports/rebuilds.ts';
import { reachedBy } from '../tables/reachedBy.ts';
import type { ControlTables } from '../tables/schema.ts';
import { activeVersion, findVersion, noSuchVersion, type VersionInState } from '../tables/versions.ts';
import { switchTo } from './pointer.ts';
import { rollbackUntil } from './rollbackWindow.ts';

/** A version that follows the log reaches its end within this time; one that does not is behind. */
const CATCH_UP_MS = 5_000;
const POLL_MS = 20;

export type ActivationDeps = {
  readonly db: Kysely<ControlTables>;
  readonly log: EventStore;
  readonly clock: Clock;
};

/**
 * Lets readers see this version from now on, and tells the log so. The one before is kept and followed. Activating the
 * active version changes nothing. Errors: `NOT_FOUND`, `CONFLICT` while it is not built or no more, `REBUILD_HAS_PARKED`
 * unless forced (which the log is told), `REBUILD_BEHIND`, those of an append. After `LOG_OUTCOME_UNKNOWN` whoever runs the
 * versions finds out whether the log was told, and does the switch or says that it is not done.
 */
export async function activateVersion(
  deps: ActivationDeps,
  { version, force }: { readonly version: number; readonly force: boolean },
  by: Author | null,
): Promise<void> {
  const found = await findVersion(deps.db, version);
  if (!found) throw noSuchVersion(version);
  if (found.state === 'active') return;
  refuseUnlessBuilt(version, found.state);
  const { parked } = await reachedBy(deps.db, found);
  if (parked > 0n && !force) {
    throw new CommslogError(
      'REBUILD_HAS_PARKED',
      `Of version ${version}, ${parked} events could not be projected, so its rows are not the whole log. Look at them first; forcing it is noted in the log.`,
    );
  }
  await untilAtHead(deps, found);
  const activated = { version, derivation: found.derivation };
  const data = parked > 0n ? { ...activated, forced: true } : activated;
  const said = { stream: streamOf.readModel, type: 'ReadModelActivated', data };
  const end = await endOf(deps.log, said.stream);
  await switchTo(deps.db, version, {
    // it may have been dropped, or its time to go back may have run out, while it caught up
    check: (state) => refuseUnlessBuilt(version, state),
    tell: () => tellLogAt(deps.log, end, said, { clock: deps.clock, by }),
  });
}

/**
 * Goes back from the version `from` to the one that was active before. Its number. Errors: `CONFLICT` when `from` is not
 * the active one, when there is none before it, or it was replaced more than `rollbackHours` ago (0: no matter when).
 */
export async function rollBack(
  deps: ActivationDeps & { readonly rollbackHours: number },
  from: number,
  by: Author,
): Promise<number> {
  const active = await activeVersion(deps.db);
  if (active?.version !== from) throw new CommslogError('CONFLICT', `Version ${from} is not the active one.`);
  const before = await deps.db
    .withSchema('commslog')
    .selectFrom('read_model_version')
    .select('version')
    .where('state', '=', 'previous')
    .where(sql<boolean>`coalesce(${rollbackUntil(deps.rollbackHours)} > now(), true)`)
    .orderBy('activated_at', 'desc')
    .executeTakeFirst();
  if (!before) throw new CommslogError('CONFLICT', 'There is no earlier version to go back to.');
  // it was good enough to be active; what is parked in it was known then
  await activateVersion(deps, { version: before.version, force: true }, by);
  return before.version;
}

function refuseUnlessBuilt(version: number, state: RebuildState): void {
  if (state === 'ready' || state === 'previous' || state === 'active') return;
  throw new CommslogError('CONFLICT', `Version ${version} is ${state}; only one that is built can be activated.`);
}

async function untilAtHead({ db, log }: ActivationDeps, version: VersionInState): Promise<void> {
  const head = await log.head();
  const deadline = Date.now() + CATCH_UP_MS;
  for (;;) {
    const { position } = await reachedBy(db, version);
    if (position >= head) return;
    if (Date.now() > deadline) {
      throw new CommslogError(
        'REBUILD_BEHIND',
        `Version ${version.version} has not projected the end of the log yet. Try again when it has caught up.`,
      );
    }
    await sleep(POLL_MS);
  }
}
