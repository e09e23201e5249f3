import { type Kysely, Migrator, sql } from 'kysely';
import { CommslogError } from '../../errors.ts';
import { refuseOtherThanUtf8, SERVER_ENCODING } from '../../postgres.ts';
import { completeVersions } from '../tables/completeVersions.ts';
import type { ControlTables } from '../tables/schema.ts';
import { control } from './0001_control.ts';
import { rebuilds } from './0002_rebuilds.ts';
import { replacedAt } from './0003_replaced_at.ts';
import { retries } from './0004_retries.ts';
import { switching } from './0005_switching.ts';
import { erasedKeys } from './0006_erased_keys.ts';
import { servers } from './0007_servers.ts';
import { switchingUntil } from './0008_switching_until.ts';
import { additive } from './0009_additive.ts';
import { trigrams } from './0010_trigrams.ts';
import { diffCount } from './0011_diff_count.ts';
import { dialRequests } from './0012_dial_requests.ts';
import { type SchemaMigration, told } from './schemaMigration.ts';

/** In the order in which they are applied; a name is never changed. */
const MIGRATIONS: Readonly<Record<string, SchemaMigration>> = {
  '0001_control': control,
  '0002_rebuilds': rebuilds,
  '0003_replaced_at': replacedAt,
  '0004_retries': retries,
  '0005_switching': switching,
  '0006_erased_keys': erasedKeys,
  '0007_servers': servers,
  '0008_switching_until': switchingUntil,
  '0009_additive': additive,
  '0010_trigrams': trigrams,
  '0011_diff_count': diffCount,
  '0012_dial_requests': dialRequests,
};

const SCHEMA = 'commslog';
const APPLIED = 'kysely_migration';
const ADDITIVE = 'additive_migration';

/**
 * Brings the schema `commslog` to what this program needs, and gives versions of an earlier one the columns that they lack;
 * several processes may do so at once, and one beside a newer program that has only added to it.
 * Errors: `SCHEMA_TOO_NEW` when a newer program has changed it otherwise, `CONFIG_INVALID` when the database is not in UTF-8;
 * nothing is changed then.
 */
export async function migrate(db: Kysely<ControlTables>): Promise<void> {
  const { rows } = await sql<{ encoding: string }>`${sql.raw(SERVER_ENCODING)}`.execute(db);
  refuseOtherThanUtf8(rows[0]?.encoding);
  const newer = await newerMigrations(db);
  await refuseUnlessAdditive(db, newer);
  if (newer.length === 0) await migrateToOurs(db);
  await completeVersions(db);
}

async function migrateToOurs(db: Kysely<ControlTables>): Promise<void> {
  const ours = Object.entries(MIGRATIONS).map(([name, migration]) => [name, told(name, migration)]);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(Object.fromEntries(ours)) },
    migrationTableSchema: SCHEMA,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  // a newer program that starts at the same moment has been quicker
  const newer = await newerMigrations(db);
  if (newer.length === 0) throw error;
  await refuseUnlessAdditive(db, newer);
}

/** Those that were applied and that this program does not know. */
async function newerMigrations(db: Kysely<ControlTables>): Promise<readonly string[]> {
  if (!(await exists(db, APPLIED))) return [];
  const applied = await sql<{ name: string }>`select name from ${sql.id(SCHEMA, APPLIED)} order by name`.execute(db);
  return applied.rows.map(({ name }) => name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
}

async function refuseUnlessAdditive(db: Kysely<ControlTables>, newer: readonly string[]): Promise<void> {
  const additive = new Set(newer.length > 0 && (await exists(db, ADDITIVE)) ? await additiveMigrations(db) : []);
  const others = newer.filter((name) => !additive.has(name));
  if (others.length === 0) return;
  throw new CommslogError(
    'SCHEMA_TOO_NEW',
    `The database was changed by a newer commslog in a way that this one cannot work with (${others.join(', ')}). Start that version here too, or restore the backup from before the upgrade.`,
  );
}

async function additiveMigrations(db: Kysely<ControlTables>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.id(SCHEMA, ADDITIVE)}`.execute(db);
  return rows.map(({ name }) => name);
}

async function exists(db: Kysely<ControlTables>, table: string): Promise<boolean> {
  const { rows } = await sql<{
    found: boolean;
  }>`select to_regclass(${`${SCHEMA}.${table}`}) is not null as found`.execute(db);
  return rows[0]?.found === true;
}
