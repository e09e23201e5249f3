import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import type pg from 'pg';
import { within } from '../../deadline.ts';
import { CommslogError } from '../../errors.ts';
import { toDatabaseError } from '../../postgres.ts';
import type { ControlTables, VersionTables } from '../tables/schema.ts';
import { isUndefinedTable, noVersionYet, versionGone } from '../tables/versions.ts';

/** The tables of the version that is served; good for one request, the next one may see another version. */
export type ActiveVersion = {
  readonly version: number;
  readonly schema: string;
  readonly derivation: string;
  readonly tables: Kysely<VersionTables>;
};

export type Asked = {
  /** the version in which a list was begun; default: the active one */
  readonly begunIn?: number | undefined;
  /** by what the tables are read; default: the pool */
  readonly by?: PostgresPool | undefined;
};

/**
 * Runs `work` on the active version, or on the one in which a list was begun. Errors: `DATABASE_UNAVAILABLE`, also while
 * there is no active version yet; `VERSION_GONE`.
 */
export type OnVersion = <T>(work: (active: ActiveVersion) => Promise<T>, asked?: Asked) => Promise<T>;

/** `mostMs`: after so long it is `DATABASE_UNAVAILABLE`, though PostgreSQL may go on; default: it takes as long as it takes. */
export function createOnVersion(pool: pg.Pool, { mostMs }: { readonly mostMs?: number } = {}): OnVersion {
  const control = new Kysely<ControlTables>({ dialect: new PostgresDialect({ pool }) }).withSchema('commslog');
  const byPool = tablesBy(pool);
  const versions = control.selectFrom('read_model_version').select(['version', 'schema_name', 'derivation']);
  const active = versions.innerJoin('read_model', 'active_version', 'version');
  const living = versions.where('state', 'not in', ['dropped', 'failed']);

  const onVersion: OnVersion = async (work, { begunIn, by } = {}) => {
    try {
      const found = await (begunIn === undefined ? active : living.where('version', '=', begunIn)).executeTakeFirst();
      if (!found) throw begunIn === undefined ? noVersionYet() : versionGone(begunIn);
      const { version, derivation, schema_name } = found;
      const tables = by === undefined ? byPool : tablesBy(by);
      return await work({ version, schema: schema_name, derivation, tables: tables.withSchema(schema_name) });
    } catch (error) {
      if (begunIn !== undefined && isUndefinedTable(error)) throw versionGone(begunIn);
      throw toDatabaseError(error);
    }
  };
  if (mostMs === undefined) return onVersion;
  return (work, asked) =>
    within(mostMs, onVersion(work, asked), () => {
      throw new CommslogError('DATABASE_UNAVAILABLE', 'PostgreSQL takes too long to answer.');
    });
}

function tablesBy(pool: PostgresPool): Kysely<VersionTables> {
  return new Kysely<VersionTables>({ dialect: new PostgresDialect({ pool }) });
}
