import { statfs } from 'node:fs/promises';
import { type KeptEmbedded, shownEmbedded } from '../../adapters/postgres/index.ts';
import { type Micros, toRfc3339 } from '../../domain/time.ts';
import { GAPS_OF_SECONDS, HealthWatch, type Known, type Questions } from '../../health/index.ts';
import type { ListenerState } from '../../listening/index.ts';
import { clockSetSeconds, systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { Lease } from '../../ports/lease.ts';
import type { RefusedFacts } from '../../ports/refusedFacts.ts';
import { createPool } from '../../postgres.ts';
import { controlDb, createReadModel, whatWaits } from '../../projections/index.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import type { Logger } from '../opening/logger.ts';
import type { Run } from './run.ts';

/** A question that a connection has swallowed is given up, so that the next one gets a new connection. */
const QUERY_TIMEOUT_MS = 5_000;

type Embedded = Pick<KeptEmbedded, 'state' | 'restarts'>;

type Deps = {
  readonly database: { readonly url: string; readonly embedded: Embedded | null };
  readonly log: EventStore;
  readonly lock: Pick<Lease, 'state'>;
  readonly refusedFacts: RefusedFacts;
  readonly pbxStates: () => readonly ListenerState[];
  readonly failedTries: Known['failedTries'];
};

/** Measures how the program is until the run ends; begins with all parts measured once. */
export async function watchHealth(run: Run, { database, log, lock, refusedFacts, pbxStates, failedTries }: Deps) {
  const { config, logger, stop, closing } = run;
  const { url, embedded } = database;
  const stored = askDatabase(url, logger, new Set(config.pbxs.map(({ id }) => id)));
  closing.add('health', stored.close);
  const know = (): Known => ({
    embedded: embedded && shown(embedded),
    lock: lock.state(),
    clockSetSeconds: clockSetSeconds(),
    pbxs: pbxStates(),
    failedTries,
  });
  const ask: Questions = {
    ...stored.ask,
    // a PBX of recordings says nothing that could be missed
    ...(run.isDemo ? { gaps: async () => [] } : {}),
    head: () => log.head(),
    refused: async () => refusedFacts.state(),
    free: () => freeBytes(dataDirOf(config)),
  };
  const health = new HealthWatch({ ask, know, clock: systemClock, logger });
  await health.measure();
  const watched = health.run(stop.signal);
  closing.add('health', () => watched);
  return health;
}

/** By one connection of its own: requests that fill the pool are no trouble of the database. */
function askDatabase(url: string, logger: Logger, configured: ReadonlySet<string>) {
  const pool = createPool(url, { max: 1, queryTimeoutMs: QUERY_TIMEOUT_MS });
  const readModel = createReadModel({ pool, url, logger });
  const db = controlDb(pool);
  return {
    ask: {
      database: () => pool.query('select 1'),
      readModel: () => readModel.status(),
      waiting: () => whatWaits(db),
      // one that is listened to no more is a gap for ever
      gaps: async () => {
        const now = systemClock.now();
        const gaps = await readModel.gapFigures(toRfc3339(lastDay(now)), toRfc3339(now));
        return gaps.filter(({ pbx }) => configured.has(pbx));
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
