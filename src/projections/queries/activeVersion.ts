import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { CommslogError } from '../../errors.ts';
import { toDatabaseError } from '../../postgres.ts';
import type { ControlTables, VersionTables } from '../tables/schema.ts';

/** The tables of the version that is served; good for one request, the next one may see another version. */
export type ActiveVersion = {
  readonly version: number;
  readonly schema: string;
  readonly derivation: string;
  readonly tables: Kysely<VersionTables>;
};

/** Runs `work` on the active version. Errors: `DATABASE_UNAVAILABLE`, also while there is no active version yet. */
export type OnActiveVersion = <T>(work: (active: ActiveVersion) => Promise<T>) => Promise<T>;

export function createActiveVersion(pool: pg.Pool): OnActiveVersion {
  const control = new Kysely<ControlTables>({ dialect: new PostgresDialect({ pool }) }).withSchema('commslog');
  const tables = new Kysely<VersionTables>({ dialect: new PostgresDialect({ pool }) });
  return async (work) => {
    try {
      const active = await control
        .selectFrom('read_model')
        .innerJoin('read_model_version', 'read_model_version.version', 'read_model.active_version')
        .select(['version', 'schema_name', 'derivation'])
        .executeTakeFirst();
      if (active === undefined) {
        throw new CommslogError('DATABASE_UNAVAILABLE', 'The call log is being built for the first time.');
      }
      const { version, derivation, schema_name } = active;
      return await work({ version, schema: schema_name, derivation, tables: tables.withSchema(schema_name) });
    } catch (error) {
      throw toDatabaseError(error);
    }
  };
}
