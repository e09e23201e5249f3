import type { Kysely } from 'kysely';
import pg from 'pg';
import { parseStoredRules, type Rules } from '../../domain/rules.ts';
import { CommslogError } from '../../errors.ts';
import type { RebuildState } from '../../ports/rebuilds.ts';
import type { ControlTables } from './schema.ts';

/** A built generation of the tables, and the rules that it was built with. */
export type ReadModelVersion = {
  readonly version: number;
  readonly schema: string;
  readonly derivation: string;
  readonly rules: Rules;
};

export type VersionInState = ReadModelVersion & { readonly state: RebuildState };

/** The lease of whoever does what is done once for all servers: the first version, switches that broke off, sweeping. */
export const UPKEEP = 'upkeep';

/** Those that have tables that are kept up to date, or are being built. */
export const LIVING = ['building', 'ready', 'active', 'previous'] as const satisfies readonly RebuildState[];

type Db = Kysely<ControlTables>;

const UNDEFINED_TABLE = '42P01';

export async function activeVersion(db: Db): Promise<VersionInState | null> {
  const row = await db.withSchema('commslog').selectFrom('read_model').select('active_version').executeTakeFirst();
  return row?.active_version == null ? null : findVersion(db, row.active_version);
}

export async function findVersion(db: Db, version: number): Promise<VersionInState | null> {
  const row = await selectVersions(db).where('version', '=', version).executeTakeFirst();
  return row ? versionOf(row) : null;
}

/** The oldest first. */
export async function livingVersions(db: Db): Promise<readonly VersionInState[]> {
  return (await selectVersions(db).where('state', 'in', LIVING).orderBy('version').execute()).map(versionOf);
}

/** Rows that are touched from now on are computed by other code than the version was built with. */
export async function markMixed(db: Db, { version }: ReadModelVersion): Promise<void> {
  await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set({ mixed: true })
    .where('version', '=', version)
    .execute();
}

/** Says what keeps the version from going on; null: nothing. How far its build was is known no more then. */
export async function markObstacle(db: Db, { version }: ReadModelVersion, obstacle: string | null): Promise<void> {
  await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set(obstacle === null ? { error: null } : { error: obstacle, progress: null })
    .where('version', '=', version)
    .where('state', 'in', LIVING)
    .where('error', 'is distinct from', obstacle)
    .execute();
}

/** A version's tables were dropped in this moment. */
export function isUndefinedTable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE;
}

export function noVersionYet(): CommslogError {
  return new CommslogError('DATABASE_UNAVAILABLE', 'The call log is being built for the first time.');
}

export function noSuchVersion(version: number): CommslogError {
  return new CommslogError('NOT_FOUND', `There is no read-model version ${version}.`);
}

export function versionGone(version: number): CommslogError {
  return new CommslogError('VERSION_GONE', `The list was begun in version ${version}, which is gone; begin it anew.`);
}

function selectVersions(db: Db) {
  return db
    .withSchema('commslog')
    .selectFrom('read_model_version')
    .select(['version', 'schema_name', 'derivation', 'rules', 'state']);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectVersions>['executeTakeFirstOrThrow']>>;

function versionOf({ version, schema_name, derivation, rules, state }: Row): VersionInState {
  return { version, schema: schema_name, derivation, rules: parseStoredRules(rules), state };
}
