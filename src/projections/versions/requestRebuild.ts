import type { Kysely } from 'kysely';
import pg from 'pg';
import { derivationOf } from '../../domain/derivation.ts';
import { type Author, streamOf } from '../../domain/events.ts';
import type { Rules } from '../../domain/rules.ts';
import { CommslogError } from '../../errors.ts';
import { tellLog } from '../../log/tellLog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { createVersion } from '../tables/createVersion.ts';
import type { ControlTables } from '../tables/schema.ts';
import { livingVersions } from '../tables/versions.ts';

/** Each costs disk, and every event is projected once more. */
const MAX_LIVING_VERSIONS = 4;
const UNIQUE_VIOLATION = '23505';

/**
 * Tells the log that the rules are accepted and makes an empty version of them, for whoever runs the versions to build.
 * Its number; also that of one with the same derivation that is being built already. Errors: `CONFLICT` when there are too
 * many versions, those of an append.
 */
export async function requestRebuild(
  { db, log, clock }: { readonly db: Kysely<ControlTables>; readonly log: EventStore; readonly clock: Clock },
  { rules, source }: { readonly rules: Rules; readonly source: 'file' | 'api' },
  by: Author | null,
): Promise<number> {
  const derivation = derivationOf(rules);
  // before the others are looked at: one that was asked for in between is seen among them, a later one takes the number
  const version = (await lastVersion(db)) + 1;
  const living = await livingVersions(db);
  const same = living.find((one) => one.state === 'building' && one.derivation === derivation);
  if (same) return same.version;
  if (living.length >= MAX_LIVING_VERSIONS) {
    throw new CommslogError('CONFLICT', `There are ${living.length} read-model versions already; drop one first.`);
  }
  await tellLog(log, { stream: streamOf.rules, type: 'RulesAccepted', data: { rules, source } }, { clock, by });
  try {
    await createVersion(db, version, { logId: await log.logId(), rules, derivation });
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== UNIQUE_VIOLATION) throw error;
    throw new CommslogError('CONFLICT', 'Another rebuild was asked for at the same moment; try again.');
  }
  return version;
}

async function lastVersion(db: Kysely<ControlTables>): Promise<number> {
  const { last } = await db
    .withSchema('commslog')
    .selectFrom('read_model_version')
    .select((eb) => eb.fn.max('version').as('last'))
    .executeTakeFirstOrThrow();
  return last ?? 0;
}
