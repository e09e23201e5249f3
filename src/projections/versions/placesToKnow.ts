import type { Kysely } from 'kysely';
import type pg from 'pg';
import { type Micros, toRfc3339 } from '../../domain/time.ts';
import { type UnknownPlace, unknownPlaces } from '../../domain/unknownPlaces.ts';
import type { Clock } from '../../ports/clock.ts';
import { createOnVersion } from '../queries/activeVersion.ts';
import { guessedCalls } from '../queries/guessedCalls.ts';
import type { ControlTables } from '../tables/schema.ts';
import { rulesInForce } from './acceptedRules.ts';

/** A phone system that has changed since is told as it is now. */
const DAYS = 30;
const DAY = 86_400_000_000;

/** The contexts and endpoints of the last days that the rules in force do not know; none while nothing is served. */
export async function placesToKnow({
  db,
  pool,
  clock,
}: {
  readonly db: Kysely<ControlTables>;
  readonly pool: pg.Pool;
  readonly clock: Clock;
}): Promise<readonly UnknownPlace[]> {
  const inForce = await rulesInForce(db);
  if (inForce === null) return [];
  const since = toRfc3339((clock.now() - DAYS * DAY) as Micros);
  const calls = await createOnVersion(pool)(({ tables }) => guessedCalls(tables, since));
  return unknownPlaces(calls, inForce.active.rules);
}
