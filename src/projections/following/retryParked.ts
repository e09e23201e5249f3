import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { derivationOf } from '../../domain/derivation.ts';
import { policyOf } from '../../errorPolicy.ts';
import { CommslogError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { ParkedEvent } from '../../ports/readModel.ts';
import type { ParkedRetry, RetryParked } from '../../ports/rebuilds.ts';
import { listParked } from '../queries/parked.ts';
import { parkStill, reasonToPark } from '../tables/parked.ts';
import { reachedBy } from '../tables/reachedBy.ts';
import type { ControlTables, VersionTables } from '../tables/schema.ts';
import { inTransaction } from '../tables/transaction.ts';
import {
  activeVersion,
  findVersion,
  isUndefinedTable,
  LIVING,
  markMixed,
  noSuchVersion,
  noVersionYet,
  type VersionInState,
} from '../tables/versions.ts';
import { Projection } from './projection.ts';

/** Events that are tried in one go. */
const RETRIED_AT_ONCE = 100;

export type RetryDeps = {
  readonly pool: pg.Pool;
  readonly db: Kysely<ControlTables>;
  readonly log: EventStore;
  readonly clock: Clock;
};

/**
 * Projects parked events of a version after all, the oldest first, each in a transaction of its own, whether a projector of
 * the version runs or not. Errors: `NOT_FOUND` for a version or an event that is not there, `CONFLICT` when the version has
 * no tables or is being built, `DATABASE_UNAVAILABLE` while none is active, those of the log and of PostgreSQL.
 */
export async function retryParked(deps: RetryDeps, asked: RetryParked): Promise<ParkedRetry> {
  const version = await versionToRetry(deps.db, asked.version);
  try {
    return await retryIn(deps, version, asked);
  } catch (error) {
    if (!isUndefinedTable(error)) throw error;
    throw new CommslogError('CONFLICT', `Version ${version.version} was dropped meanwhile.`);
  }
}

async function versionToRetry(db: Kysely<ControlTables>, wanted: number | null): Promise<VersionInState> {
  const found = wanted === null ? await activeVersion(db) : await findVersion(db, wanted);
  if (!found) throw wanted === null ? noVersionYet() : noSuchVersion(wanted);
  const { version, state } = found;
  // its build may not be disturbed, and has just tried
  if (state === 'building') throw new CommslogError('CONFLICT', `Version ${version} is being built; try again after.`);
  if (LIVING.some((living) => living === state)) return found;
  throw new CommslogError('CONFLICT', `Version ${version} is ${state}: nothing is parked in it.`);
}

async function retryIn(
  { pool, db, log, clock }: RetryDeps,
  version: VersionInState,
  { positions, after }: RetryParked,
): Promise<ParkedRetry> {
  const { schema, rules } = version;
  const tables = new Kysely<VersionTables>({ dialect: new PostgresDialect({ pool }) }).withSchema(schema);
  const { items, next } = await listParked(tables, after, RETRIED_AT_ONCE, positions);
  const found = new Set(items.map(({ position }) => position));
  const missing = positions
    ?.filter((position) => position > (after ?? 0n) && (next === null || position <= next))
    .find((position) => !found.has(position));
  if (missing !== undefined) {
    throw new CommslogError('NOT_FOUND', `No event is parked at position ${missing} in version ${version.version}.`);
  }
  if (items.length > 0 && derivationOf(rules) !== version.derivation) await markMixed(db, version);

  const projection = new Projection({ pool, schema, rules, log, clock });
  const failed: ParkedEvent[] = [];
  for (const event of items) {
    try {
      await projection.unpark(event);
    } catch (error) {
      if (policyOf(error) === 'later' || policyOf(error) === 'person' || isUndefinedTable(error)) throw error;
      const why = reasonToPark(error);
      await inTransaction(pool, schema, (transaction) => parkStill(transaction, event.position, why));
      failed.push({ ...event, error: why });
    }
  }
  const { parked } = await reachedBy(db, version);
  return {
    version: version.version,
    folded: items.length - failed.length,
    failed,
    remaining: Number(parked),
    next,
  };
}
