import { statfs } from 'node:fs/promises';
import { type KeptEmbedded, ServerTable, shownEmbedded } from '../../adapters/postgres/index.ts';
import { type Micros, toRfc3339 } from '../../domain/time.ts';
import { GAPS_OF_SECONDS, type HealthOptions, HealthWatch, type Known } from '../../health/index.ts';
import { clockSetSeconds, systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { OwnServer } from '../../ports/servers.ts';
import { createPool } from '../../postgres.ts';
import { controlDb, createReadModel, whatWaits } from '../../projections/index.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import type { Logger } from '../opening/logger.ts';
import type { Run } from './run.ts';
import type { Work } from './work.ts';

/** A question that a connection has swallowed is given up, so that the next one gets a new connection. */
const QUERY_TIMEOUT_MS = 5_000;
/** Less: what servers tell each other has to be new. */
const MEET_TIMEOUT_MS = 2_000;

type Embedded = Pick<KeptEmbedded, 'state' | 'restarts'>;

type Deps = {
  readonly database: { readonly url: string; readonly embedded: Embedded | null };
  readonly log: EventStore;
  readonly self: Omit<OwnServer, 'does'>;
  readonly work: Pick<Work, 'leases' | 'refusedFacts' | 'failedTries' | 'packingTries' | 'pbxStates'>;
};

/** Measures how the program is until the run ends; begins with all parts measured once. */
export async function watchHealth(run: Run, deps: Deps): Promise<HealthWatch> {
  const { config, logger, stop, closing } = run;
  const { self, log, work } = deps;
  const { url, embedded } = deps.database;
  const stored = askDatabase(url, logger);
  const others = createPool(url, { max: 1, queryTimeoutMs: MEET_TIMEOUT_MS });
  const servers = new ServerTable(others, systemClock);
  closing.add('health', () => Promise.all([stored.close(), others.end()]));
  const own = (): OwnServer => ({
    ...self,
    does: { pbxs: work.pbxStates().map(({ pbx }) => pbx), projects: !run.isHttpOnly },
  });
  const know = (): Known => ({
    embedded: embedded && shown(embedded),
    self: own(),
    leases: work.leases.states(),
    clockSetSeconds: clockSetSeconds(),
    pbxs: work.pbxStates(),
    failedTries: work.failedTries,
    packingTries: work.packingTries(),
  });
  const ask: HealthOptions['ask'] = {
    ...stored.ask,
    // a PBX that acts calls out says nothing that could be missed
    ...(run.isDemo ? { gaps: async () => [] } : {}),
    head: () => log.head(),
    refused: async () => work.refusedFacts.state(),
    free: () => freeBytes(dataDirOf(config)),
  };
  const health = new HealthWatch({
    ask,
    meet: (report) => servers.meet(own(), report),
    know,
    clock: systemClock,
    logger,
  });
  await health.measure();
  const watched = health.run(stop.signal);
  closing.add('health', () => watched);
  return health;
}

/** By one connection of its own: requests that fill the pool are no trouble of the database. */
function askDatabase(url: string, logger: Logger) {
  const pool = createPool(url, { max: 1, queryTimeoutMs: QUERY_TIMEOUT_MS });
  const readModel = createReadModel({ pool, url, logger });
  const db = controlDb(pool);
  return {
    ask: {
      database: () => pool.query('select 1'),
      readModel: () => readModel.status(),
      waiting: () => whatWaits(db),
      gaps: () => {
        const now = systemClock.now();
        return readModel.gapFigures(toRfc3339(lastDay(now)), toRfc3339(now));
      },
    },
    close: () => pool.end(),
  };
}

function shown({ state, restarts }: Embedded): NonNullable<Known['embedded']> {
  const now = state();
  return { trouble: now.state === 'running' ? null : shownEmbedded(now), restarts: restarts() };
}

function lastDay(now: Micros): Micros {
  return (now - GAPS_OF_SECONDS * 1_000_000) as Micros;
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
