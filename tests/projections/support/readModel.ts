import type pg from 'pg';
import pino from 'pino';
import { v4 as uuid } from 'uuid';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { keepLeases, type Leases } from '../../../src/adapters/postgres/index.ts';
import { within } from '../../../src/deadline.ts';
import { defaultRules, type Rules } from '../../../src/domain/rules.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { createPool } from '../../../src/postgres.ts';
import type { Projection } from '../../../src/projections/following/projection.ts';
import {
  controlDb,
  ensureVersion,
  followLog,
  migrate,
  type ProjectorOptions,
  type ReadModelVersion,
} from '../../../src/projections/index.ts';
import { eventually } from '../../support/eventually.ts';
import { createDatabase } from '../../support/postgres.ts';
import { Progress } from './progress.ts';

const CATCH_UP_MS = 20_000;
const CLOSE_MS = 5_000;

export const RULES: Rules = defaultRules('GR');
export const silent = pino({ level: 'silent' });

/** A log and a first read-model version in a database. */
export type TestReadModel = {
  readonly url: string;
  readonly log: EventStore;
  readonly pool: pg.Pool;
  readonly db: ReturnType<typeof controlDb>;
  readonly version: ReadModelVersion;
  /** those of one more process */
  leases(): Leases;
  close(): Promise<void>;
};

export async function openReadModel(
  url: string,
  options: { log?: EventStore; rules?: Rules } = {},
): Promise<TestReadModel> {
  const log = options.log ?? (await openPostgresLog({ url, logger: silent }));
  const pool = createPool(url, { max: 4 });
  const db = controlDb(pool);
  await migrate(db);
  const rules = options.rules ?? RULES;
  const version = await ensureVersion({ db, log, rules, rulesSource: 'default', clock: systemClock });
  const opened: Leases[] = [];
  return {
    url,
    log,
    pool,
    db,
    version,
    leases() {
      const leases = testLeases(url);
      opened.push(leases);
      return leases;
    },
    async close() {
      await Promise.all(opened.map((leases) => leases.close()));
      await pool.end();
      await log.close();
    },
  };
}

/** The leases of a process of its own. */
export function testLeases(url: string): Leases {
  return keepLeases(url, { server: { id: uuid(), name: 'test' }, logger: silent });
}

/** A projector that runs until it is stopped. */
export type RunningProjector = {
  readonly done: Promise<void>;
  readonly progress: Progress;
  stop(): Promise<void>;
  /** Resolves when it has taken in what stands there, and has folded all calls. */
  reach(position: bigint): Promise<void>;
};

export function runProjector(
  { pool, version, log }: Pick<TestReadModel, 'pool' | 'version' | 'log'>,
  logger = silent,
  own: Pick<ProjectorOptions, 'tellObstacle' | 'lookAgainMs' | 'rematchedAtOnce' | 'foldedAtOnce'> = {},
): RunningProjector {
  const stopping = new AbortController();
  const progress = new Progress();
  const done = followLog({
    version,
    pool,
    log,
    logger,
    clock: systemClock,
    signal: stopping.signal,
    onProgress: (position) => progress.reached(position),
    ...own,
  }).finally(() => progress.end());
  // who stops it or waits for it hears of an error; nobody else needs to
  done.catch(() => undefined);
  return {
    done,
    progress,
    async stop() {
      stopping.abort();
      await done;
    },
    async reach(position) {
      const isThere = await progress.caughtUp(position, AbortSignal.timeout(CATCH_UP_MS));
      if (isThere) return eventually('all calls are folded', async () => !(await toFold({ pool, version })));
      await Promise.race([done, Promise.resolve()]);
      throw new Error(`projected up to ${progress.position}, not to ${position}`);
    },
  };
}

/** Projects everything that is in the log now, then stops. */
export async function catchUp(model: TestReadModel): Promise<void> {
  const projector = runProjector(model);
  try {
    await projector.reach(await model.log.head());
    await eventually('all calls are matched again', async () => !(await toRematch(model)));
  } finally {
    await projector.stop();
  }
}

/** Whether calls wait to be matched again. */
export async function toRematch({ pool, version }: Pick<TestReadModel, 'pool' | 'version'>): Promise<boolean> {
  const { rows } = await pool.query(`select from ${version.schema}.number_rematch limit 1`);
  return rows.length > 0;
}

/** Folds all calls that wait for it, in pages of so many at most. */
export async function foldAll(projection: Projection, most?: number): Promise<void> {
  while (await foldsPage(projection, most));
}

/** Folds a page of those that wait; whether some did. */
export async function foldsPage(projection: Projection, most?: number): Promise<boolean> {
  let found = 0;
  const onPage = (ids: readonly bigint[]) => {
    found = ids.length;
  };
  await projection.foldSome({ resting: [], most, onPage });
  return found > 0;
}

/** Whether calls wait to be folded. */
export async function toFold({ pool, version }: Pick<TestReadModel, 'pool' | 'version'>): Promise<boolean> {
  const { rows } = await pool.query(`select from ${version.schema}.fold_waiting limit 1`);
  return rows.length > 0;
}

/** Runs `work` on a log and a read model in a new database. */
export async function withReadModel(work: (model: TestReadModel) => Promise<void>): Promise<void> {
  const database = await createDatabase();
  try {
    const model = await openReadModel(database.url);
    try {
      await work(model);
    } catch (error) {
      // what a failed test left running may hold a connection for ever, and its failure would not be told
      await within(CLOSE_MS, model.close(), () => undefined).catch(() => undefined);
      throw error;
    }
    await model.close();
  } finally {
    await database.drop();
  }
}
