import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import { v4 as uuid } from 'uuid';
import { envelope } from '../../domain/envelope.ts';
import { readModelActivatedSchema, streamOf } from '../../domain/events.ts';
import { lastEvent } from '../../log/streamEnds.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { VERSION } from '../../version.ts';
import type { ControlTables } from '../tables/schema.ts';
import { activeVersion, findVersion, type ReadModelVersion } from '../tables/versions.ts';
import { lockPointer, pointTo } from './pointer.ts';

type Db = Kysely<ControlTables>;

export type SettleDeps = {
  readonly db: Db;
  readonly log: EventStore;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** How the pointer stands: when it was moved there, and which switches are begun, as JSON. */
type Pointer = { readonly seen: string; readonly isBegun: boolean; readonly isUnderWay: boolean };

/**
 * Brings log and pointer together again where they may differ: a switch was begun and not ended, or (`atStart`) whatever
 * has happened to either. What the log was told is done, if that version is still there; else the log is told that the
 * active version stays, after which an append that is still under way is too late. Either is said. A switch that somebody
 * makes in this moment is let alone. Errors: those of the log and of PostgreSQL; the next call tries again.
 */
export async function settleSwitch(deps: SettleDeps, { atStart }: { readonly atStart: boolean }): Promise<void> {
  const { db, log, logger } = deps;
  const before = await pointerOf(db);
  if (before.isUnderWay || (!before.isBegun && !atStart)) return;
  const told = await lastEvent(log, streamOf.readModel);
  if (!told) return;
  const staying = await db.transaction().execute(async (transaction) => {
    await lockPointer(transaction);
    const now = await pointerOf(transaction);
    const active = await activeVersion(transaction);
    // what the log said is old when somebody has switched since it was asked
    if (!active || now.isUnderWay || now.seen !== before.seen) return null;
    const { version, derivation } = readModelActivatedSchema.parse(told.data);
    if (version !== active.version && (await isBuilt(transaction, { version, derivation }))) {
      await pointTo(transaction, version);
      await forgetBegun(transaction);
      logger.warn({ version, before: active.version }, 'an interrupted switch is done now: this version is served');
      return null;
    }
    return version !== active.version || now.isBegun ? active : null;
  });
  if (staying === null) return;
  await tellThatItStays(deps, staying, told.revision);
  await forgetBegun(db);
  logger.warn({ version: staying.version }, 'an interrupted switch is not done: this version stays active');
}

async function pointerOf(db: Db): Promise<Pointer> {
  const { rows } = await sql<Pointer>`
    select json_agg(json_build_array(version, state = 'active', activated_at, switching_until) order by version)::text as seen,
           coalesce(bool_or(switching), false) as "isBegun",
           coalesce(bool_or(switching and switching_until > clock_timestamp()), false) as "isUnderWay"
    from commslog.read_model_version where state = 'active' or switching`.execute(db);
  const [pointer] = rows;
  if (!pointer) throw new Error('the read-model versions cannot be read');
  return pointer;
}

/** Those that have broken off; who has begun one since goes on. */
async function forgetBegun(db: Db): Promise<void> {
  await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set({ switching: false, switching_until: null })
    .where('switching', '=', true)
    .where(sql<boolean>`switching_until is null or switching_until <= clock_timestamp()`)
    .execute();
}

async function isBuilt(db: Db, { version, derivation }: Pick<ReadModelVersion, 'version' | 'derivation'>) {
  const found = await findVersion(db, version);
  return (found?.state === 'ready' || found?.state === 'previous') && found.derivation === derivation;
}

async function tellThatItStays({ log, clock }: SettleDeps, { version, derivation }: ReadModelVersion, last: bigint) {
  const event = envelope(
    { id: uuid(), type: 'ReadModelActivated', data: { version, derivation } },
    { at: clock.now(), app: VERSION, correlationId: uuid() },
  );
  await log.append(streamOf.readModel, [event], last);
}
