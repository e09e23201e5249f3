import type { Kysely } from 'kysely';
import type { Waiting } from '../../ports/rebuilds.ts';
import { reachedBy } from '../tables/reachedBy.ts';
import type { ControlTables } from '../tables/schema.ts';
import { progressOf } from '../tables/storedProgress.ts';
import { activeVersion, LIVING } from '../tables/versions.ts';
import { rulesInForce } from './acceptedRules.ts';

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
    stuck: living.flatMap(({ version, error }) => (error === null ? [] : { version, error })),
  };
}
