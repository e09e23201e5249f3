import type { Kysely } from 'kysely';
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
import { pointTo } from './pointer.ts';

type Db = Kysely<ControlTables>;

export type SettleDeps = {
  readonly db: Db;
  readonly log: EventStore;
  readonly clock: Clock;
  readonly logger: Logger;
};

/**
 * Brings log and pointer together again where they may differ: a switch was begun and not ended, or (`atStart`) whatever
 * has happened to either. What the log was told is done, if that version is still there; else the log is told that the
 * active version stays, after which an append that is still under way is too late. Either is said. A switch that somebody
 * makes in this moment is let alone. Errors: those of the log and of PostgreSQL; the next call tries again.
 */
export async function settleSwitch(deps: SettleDeps, { atStart }: { readonly atStart: boolean }): Promise<void> {
  const { db, log, logger } = deps;
  if (!atStart && !(await isBegun(db))) return;
  await db.transaction().execute(async (transaction) => {
    const tables = transaction.withSchema('commslog');
    const free = await tables.selectFrom('read_model').select('active_version').forUpdate().skipLocked().execute();
    if (free.length === 0) return;
    const begun = await isBegun(transaction);
    const active = await activeVersion(transaction);
    const told = await lastEvent(log, streamOf.readModel);
    if (!active || !told || (!begun && !atStart)) return;
    const { version, derivation } = readModelActivatedSchema.parse(told.data);
    if (version !== active.version && (await isBuilt(transaction, { version, derivation }))) {
      await pointTo(transaction, version);
      logger.warn({ version, before: active.version }, 'an interrupted switch is done now: this version is served');
    } else if (version !== active.version || begun) {
      await tellThatItStays(deps, active, told.revision);
      logger.warn({ version: active.version }, 'an interrupted switch is not done: this version stays active');
    }
    await tables.updateTable('read_model_version').set({ switching: false }).where('switching', '=', true).execute();
  });
}

async function isBegun(db: Db): Promise<boolean> {
  const tables = db.withSchema('commslog');
  const rows = await tables.selectFrom('read_model_version').select('version').where('switching', '=', true).execute();
  return rows.length > 0;
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
