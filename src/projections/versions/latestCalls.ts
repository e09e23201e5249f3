import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { Rules } from '../../domain/rules.ts';
import { type Micros, toRfc3339 } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { createOnVersion } from '../queries/activeVersion.ts';
import type { ControlTables, VersionTables } from '../tables/schema.ts';
import { rulesInForce } from './acceptedRules.ts';

export type LatestCallsDeps = {
  readonly db: Kysely<ControlTables>;
  readonly pool: pg.Pool;
  readonly clock: Clock;
};

/** A phone system that has changed since is told as it is now. */
const DAYS = 30;
const DAY = 86_400_000_000;

/** What `read` finds in the calls of the last days, and the rules in force; null while nothing is served. */
export async function ofLatestCalls<T>(
  { db, pool, clock }: LatestCallsDeps,
  read: (tables: Kysely<VersionTables>, since: string, rules: Rules) => Promise<T>,
): Promise<{ readonly found: T; readonly rules: Rules } | null> {
  const inForce = await rulesInForce(db);
  if (inForce === null) return null;
  const since = toRfc3339((clock.now() - DAYS * DAY) as Micros);
  const { rules } = inForce.active;
  const found = await createOnVersion(pool)(({ tables }) => read(tables, since, rules));
  return { found, rules };
}
