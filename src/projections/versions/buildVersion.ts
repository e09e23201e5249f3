import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { type Copied, copyVersion } from '../copying/copyVersion.ts';
import { sourceOf } from '../copying/sourceOf.ts';
import { BehindLive } from '../following/behindLive.ts';
import { projectEvents } from '../following/projectEvents.ts';
import { Projection } from '../following/projection.ts';
import { readAhead } from '../following/readAhead.ts';
import { makeForReaders } from '../tables/forReaders.ts';
import type { ControlTables } from '../tables/schema.ts';
import type { ReadModelVersion } from '../tables/versions.ts';
import { BuildProgress } from './buildProgress.ts';

/** Events folded in one transaction: the larger, the fewer calls are folded twice; the smaller, the less memory. */
const BUILD_BATCH = 3_000;
/** Calls that are far back in the log are not touched again; what is, is read again. */
const BUILD_CACHED_FACTS = 4_000;
const BUILD_REMATCHED_AT_ONCE = 2_000;

export type BuildOptions = {
  readonly version: ReadModelVersion;
  readonly db: Kysely<ControlTables>;
  readonly pool: pg.Pool;
  readonly log: EventStore;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** events folded in one transaction; default: 3,000 */
  readonly batch?: number;
  /** calls that are matched again in one transaction; default: 2,000 */
  readonly rematchedAtOnce?: number;
  /** facts of a call that is folded in each batch that has some of it; default: as many as a projection does */
  readonly foldedAtOnce?: number;
};

/**
 * Projects the log up to where it ends now into a version that nobody reads yet, from where it ends that has the same calls if
 * there is one, then makes what readers need and calls the version ready. Goes on where an earlier build was ended; ends early, without an error, when `signal` aborts.
 * Errors: those of the log and of PostgreSQL; the version is then as after the last whole batch.
 */
export async function buildVersion(options: BuildOptions): Promise<void> {
  const { version, db, pool, log, logger, clock, signal, batch = BUILD_BATCH } = options;
  const { rematchedAtOnce = BUILD_REMATCHED_AT_ONCE, foldedAtOnce } = options;
  const size = { least: batch, most: batch };
  const { schema, rules } = version;
  if (!(await copied(options))) return;
  const bounds = { cachedFacts: BUILD_CACHED_FACTS, rematchedAtOnce, foldedAtOnce };
  const projection = new Projection({ pool, schema, rules, log, clock, unread: true, ...bounds });
  const from = await projection.resume();
  const progress = new BuildProgress(db, version.version, { from, head: await log.head() }, 'reading');
  await progress.tell();
  for await (const events of readAhead((stop) => log.readAll(from, undefined, stop), signal, size)) {
    await progress.reached(
      await projectEvents(projection, events, { version: version.version, logger }),
      events.length,
    );
  }
  const behind = new BehindLive(projection, { version: version.version, logger });
  while (!signal.aborted && (await behind.doSome()) === 0);
  if (signal.aborted) return;
  await progress.indexing();
  await makeReady(db, version);
}

/** Takes over the calls of a version that has the same, if there is one. False: the signal came meanwhile. */
async function copied({ version, db, pool, log, logger, signal }: BuildOptions): Promise<boolean> {
  const source = await sourceOf(db, version);
  if (source === null) return true;
  logger.info(
    { version: version.version, source: source.version },
    'the rules differ only in whose calls are: copying them',
  );
  const progress = new BuildProgress(db, version.version, { from: 0n, head: await log.head() }, 'copying');
  const onProgress = async ({ entries, of, upTo }: Copied) => {
    const position = (upTo * BigInt(entries)) / BigInt(of);
    await progress.reached(position, 0);
  };
  try {
    await copyVersion({ version, source, pool, log, signal, onProgress });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return !signal.aborted;
}

/** In one transaction: a version that is ready has what readers need. */
async function makeReady(db: Kysely<ControlTables>, { version, schema }: ReadModelVersion): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const made = await transaction
      .withSchema('commslog')
      .updateTable('read_model_version')
      .set({ state: 'ready', progress: null })
      .where('version', '=', version)
      .where('state', '=', 'building')
      .executeTakeFirst();
    if (made.numUpdatedRows === 0n) return;
    await makeForReaders(transaction, schema);
  });
}
