import { type Kysely, sql } from 'kysely';
import type { Waiting } from '../../ports/rebuilds.ts';
import { reachedBy } from '../tables/reachedBy.ts';
import type { ControlTables } from '../tables/schema.ts';
import { progressOf } from '../tables/storedProgress.ts';
import { activeVersion, LIVING, type ReadModelVersion } from '../tables/versions.ts';
import { rulesInForce } from './acceptedRules.ts';

const MAX_COUNTED = 1_000;

/** What waits for somebody to decide it, and what is being built. Reads a few rows only: whoever watches asks often. */
export async function whatWaits(db: Kysely<ControlTables>): Promise<Waiting> {
  const active = await activeVersion(db);
  const inForce = await rulesInForce(db);
  const living = await db
    .withSchema('commslog')
    .selectFrom('read_model_version')
    .select(['version', 'derivation', 'state', 'progress', 'error'])
    .where('state', 'in', LIVING)
    .orderBy('version')
    .execute();
  const { parked } = active ? await reachedBy(db, active) : { parked: 0n };
  const waiting = inForce?.waiting ?? null;
  return {
    rebuild: waiting && { reason: waiting.reason, derivation: waiting.derivation },
    mixed: inForce?.active.mixed ?? false,
    building: living
      .filter(({ state }) => state === 'building')
      .map(({ version, derivation, progress }) => ({ version, derivation, progress: progressOf(progress) })),
    ready: living.filter(({ state }) => state === 'ready').map(({ version, derivation }) => ({ version, derivation })),
    parked: Number(parked),
    rematching: active ? await numbersToRematch(db, active) : 0,
    ...(active ? await callsToFold(db, active) : { folding: 0, foldingSeconds: 0 }),
    stuck: living.flatMap(({ version, error }) => (error === null ? [] : { version, error })),
  };
}

async function numbersToRematch(db: Kysely<ControlTables>, { schema }: ReadModelVersion): Promise<number> {
  const { rows } = await sql<{ n: bigint }>`
    select count(*) as n from (select from ${sql.id(schema, 'number_rematch')} limit ${MAX_COUNTED}) as one`.execute(
    db,
  );
  return Number(rows[0]?.n ?? 0n);
}

async function callsToFold(
  db: Kysely<ControlTables>,
  { schema }: ReadModelVersion,
): Promise<Pick<Waiting, 'folding' | 'foldingSeconds'>> {
  const { rows } = await sql<{ folding: bigint; seconds: number }>`
    select count(*) as folding, greatest(0, coalesce(extract(epoch from now() - min(since)), 0))::float8 as seconds
    from (select since from ${sql.id(schema, 'fold_waiting')} order by since, group_id limit ${MAX_COUNTED}) as one`.execute(
    db,
  );
  const { folding = 0n, seconds = 0 } = rows[0] ?? {};
  return { folding: Number(folding), foldingSeconds: seconds };
}
