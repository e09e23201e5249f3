import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import { parseStoredRules } from '../../domain/rules.ts';
import { CommslogError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { Leasing } from '../../ports/lease.ts';
import type { Rebuild, RebuildState, Rebuilds } from '../../ports/rebuilds.ts';
import { toDatabaseError } from '../../postgres.ts';
import type { Compared } from '../diff/compared.ts';
import { diffItems } from '../diff/diffItems.ts';
import { type Counting, countedDiff, diffVersions } from '../diff/diffVersions.ts';
import { retryParked } from '../following/retryParked.ts';
import { controlDb } from '../tables/controlDb.ts';
import { estimatedRows } from '../tables/estimatedRows.ts';
import type { ControlTables } from '../tables/schema.ts';
import { progressOf } from '../tables/storedProgress.ts';
import {
  activeVersion,
  findVersion,
  isUndefinedTable,
  LIVING,
  noSuchVersion,
  noVersionYet,
  versionGone,
} from '../tables/versions.ts';
import { rulesInForce } from './acceptedRules.ts';
import { activateVersion, rollBack } from './activation.ts';
import { dropVersion } from './dropVersion.ts';
import { placesToKnow } from './placesToKnow.ts';
import { requestRebuild } from './requestRebuild.ts';
import { rollbackUntil } from './rollbackWindow.ts';
import { whatWaits } from './whatWaits.ts';

export type RebuildsOptions = {
  readonly pool: pg.Pool;
  readonly leases: Pick<Leasing, 'tryTake'>;
  readonly log: EventStore;
  readonly clock: Clock;
  /** how long the version before can be gone back to; default: 0, for ever */
  readonly rollbackHours?: number;
  /** how what differs is counted */
  readonly counting?: Counting;
};

/** The port `Rebuilds` over the control tables. It builds nothing itself: that does whoever calls `runVersions`. */
export function createRebuilds({ pool, leases, log, clock, rollbackHours = 0, counting }: RebuildsOptions): Rebuilds {
  const db = controlDb(pool);
  const deps = { db, log, clock, rollbackHours };

  const get = async (version: number): Promise<Rebuild> => {
    const row = await selectRebuilds(deps).where('version', '=', version).executeTakeFirst();
    if (!row) throw noSuchVersion(version);
    return rebuildOf(db, row);
  };
  /** With the active version, or the one with which the comparison was begun. */
  const compared = async (version: number, begunWith?: number): Promise<Compared> => {
    const before = await (begunWith === undefined ? activeVersion(db) : findVersion(db, begunWith));
    if (begunWith !== undefined && !(before && hasTables(before))) throw versionGone(begunWith);
    const after = await findVersion(db, version);
    if (!after) throw noSuchVersion(version);
    if (before && hasTables(after)) return { before, after };
    throw new CommslogError('CONFLICT', `Version ${version} is ${after.state}: it has no rows to compare.`);
  };
  /** Errors: `CONFLICT`, `VERSION_GONE` also where one of them is dropped meanwhile. */
  const comparing = async <T>(
    version: number,
    begunWith: number | undefined,
    work: (versions: Compared) => Promise<T>,
  ): Promise<T> => {
    const versions = await compared(version, begunWith);
    try {
      return await work(versions);
    } catch (error) {
      if (!isUndefinedTable(error)) throw error;
      await compared(version, versions.before.version);
      throw error;
    }
  };
  const rules = async () => {
    const found = await rulesInForce(db);
    if (!found) throw noVersionYet();
    return found;
  };

  return {
    list: () =>
      answered(async () => {
        const rows = await selectRebuilds(deps).orderBy('version', 'desc').execute();
        return Promise.all(rows.map((row) => rebuildOf(db, row)));
      }),
    get: (version) => answered(() => get(version)),
    request: (wanted, source, by) =>
      answered(async () => {
        const accepted = wanted ?? (await rules()).active.rules;
        return get(await requestRebuild(deps, { rules: accepted, source }, by));
      }),
    diff: (version) =>
      answered(() => comparing(version, undefined, (versions) => diffVersions(pool, versions, counting))),
    countedDiff: (version, against) =>
      answered(() => comparing(version, against, (versions) => countedDiff(pool, versions))),
    diffItems: (version, filter, after, limit) =>
      answered(() =>
        comparing(version, after?.version, async (versions) => {
          const { items, next } = await diffItems(pool, versions, filter, { after: after?.key ?? null, limit });
          return { items, next: next === null ? null : { version: versions.before.version, key: next } };
        }),
      ),
    activate: (version, { force }, by) =>
      answered(async () => {
        await activateVersion(deps, { version, force }, by);
        return get(version);
      }),
    rollback: (version, by) => answered(async () => get(await rollBack(deps, version, by))),
    drop: (version) => answered(() => dropVersion({ db, leases }, version)),
    retryParked: (asked) => answered(() => retryParked({ pool, ...deps }, asked)),
    rulesInForce: () => answered(rules),
    placesToKnow: () => answered(() => placesToKnow({ db, pool, clock })),
    waiting: () => answered(() => whatWaits(db)),
  };
}

function hasTables({ state }: { readonly state: RebuildState }): boolean {
  return LIVING.some((living) => living === state);
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDatabaseError(error);
  }
}

function selectRebuilds({ db, rollbackHours }: { db: Kysely<ControlTables>; rollbackHours: number }) {
  return db
    .withSchema('commslog')
    .selectFrom('read_model_version')
    .selectAll()
    .select(rollbackUntil(rollbackHours).as('rollback_until'));
}

type Row = Awaited<ReturnType<ReturnType<typeof selectRebuilds>['executeTakeFirstOrThrow']>>;

async function rebuildOf(db: Kysely<ControlTables>, row: Row): Promise<Rebuild> {
  const { version, state, derivation, mixed, error } = row;
  const { rows, parked } = hasTables(row) ? await countsOf(db, row) : { rows: 0, parked: 0 };
  return {
    version,
    state,
    derivation,
    mixed,
    rules: parseStoredRules(row.rules),
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    rollbackUntil: row.rollback_until,
    progress: progressOf(row.progress),
    rows,
    parked,
    error,
  };
}

/** While a version is built it is asked often, and readers would feel each count. */
async function countsOf(
  db: Kysely<ControlTables>,
  { schema_name: schema, state }: Pick<Row, 'schema_name' | 'state'>,
): Promise<{ rows: number; parked: number }> {
  const counted = sql`(select count(*) from ${sql.id(schema, 'crm_comms_log')})`;
  const { rows } = await sql<{ rows: bigint; parked: bigint }>`
    select ${state === 'building' ? estimatedRows(schema) : counted} as rows,
           (select count(*) from ${sql.id(schema, 'parked')}) as parked`
    .execute(db)
    .catch((error: unknown) => {
      // dropped in this moment
      if (isUndefinedTable(error)) return { rows: [] };
      throw error;
    });
  return { rows: Number(rows[0]?.rows ?? 0n), parked: Number(rows[0]?.parked ?? 0n) };
}
