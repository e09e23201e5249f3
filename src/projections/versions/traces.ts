import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { type Subject, type Trace, traceOf } from '../queries/traces.ts';
import { controlDb } from '../tables/controlDb.ts';
import { reachedBy } from '../tables/reachedBy.ts';
import type { VersionTables } from '../tables/schema.ts';
import { livingVersions } from '../tables/versions.ts';

/** Where each version that is kept shows the subject, the oldest first. Errors: those of PostgreSQL. */
export async function tracesIn(pool: pg.Pool, subject: Subject): Promise<readonly Trace[]> {
  const tables = new Kysely<VersionTables>({ dialect: new PostgresDialect({ pool }) });
  const traces: Trace[] = [];
  for (const { schema, rules } of await livingVersions(controlDb(pool))) {
    traces.push(await traceOf(tables.withSchema(schema), subject, rules));
  }
  return traces;
}

export type Behind = { readonly version: number; readonly position: bigint };

/** The versions that have not projected `position` yet, and where they stand. */
export async function versionsBefore(pool: pg.Pool, position: bigint): Promise<readonly Behind[]> {
  const db = controlDb(pool);
  const behind: Behind[] = [];
  for (const version of await livingVersions(db)) {
    const reached = (await reachedBy(db, version)).position;
    if (reached < position) behind.push({ version: version.version, position: reached });
  }
  return behind;
}
