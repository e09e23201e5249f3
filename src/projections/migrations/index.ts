import { type Kysely, type Migration, Migrator, sql } from 'kysely';
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

/** In the order in which they are applied; a name is never changed. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001_control': control,
  '0002_rebuilds': rebuilds,
  '0003_replaced_at': replacedAt,
  '0004_retries': retries,
  '0005_switching': switching,
  '0006_erased_keys': erasedKeys,
  '0007_servers': servers,
  '0008_switching_until': switchingUntil,
};

const SCHEMA = 'commslog';
const APPLIED = 'kysely_migration';

/**
 * Brings the schema `commslog` to what this program needs, and gives versions of an earlier one the columns that they lack;
 * several processes may do so at once.
 * Errors: `SCHEMA_TOO_NEW` when a newer program has been here, `CONFIG_INVALID` when the database is not in UTF-8; nothing
 * is changed then.
 */
export async function migrate(db: Kysely<ControlTables>): Promise<void> {
  const { rows } = await sql<{ encoding: string }>`${sql.raw(SERVER_ENCODING)}`.execute(db);
  refuseOtherThanUtf8(rows[0]?.encoding);
  await refuseNewerSchema(db);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
    migrationTableSchema: SCHEMA,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  await completeVersions(db);
}

async function refuseNewerSchema(db: Kysely<ControlTables>): Promise<void> {
  const found = await sql<{
    found: boolean;
  }>`select to_regclass(${`${SCHEMA}.${APPLIED}`}) is not null as found`.execute(db);
  if (found.rows[0]?.found !== true) return;
  const applied = await sql<{ name: string }>`select name from ${sql.id(SCHEMA, APPLIED)} order by name`.execute(db);
  const unknown = applied.rows.map(({ name }) => name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length === 0) return;
  throw new CommslogError(
    'SCHEMA_TOO_NEW',
    `The database was written by a newer commslog (it knows ${unknown.join(', ')}). Start that version, or restore the backup from before the upgrade.`,
  );
}
