import { type Kysely, sql } from 'kysely';
import { callDerivationOf, derivationOf } from '../../domain/derivation.ts';
import type { ControlTables } from '../tables/schema.ts';
import { livingVersions, type ReadModelVersion, type VersionInState } from '../tables/versions.ts';

/**
 * A version that has the calls of this one already, since their rules differ only in whose they are; best the active one. Null:
 * there is none, the same rules are asked for again, or it has begun already.
 */
export async function sourceOf(db: Kysely<ControlTables>, version: ReadModelVersion): Promise<ReadModelVersion | null> {
  const logId = await logOfEmpty(db, version);
  if (logId === null) return null;
  const others = (await livingVersions(db)).filter((one) => one.version !== version.version);
  // who asks for rules again that a version has wants the log to be read
  if (others.some(({ state, derivation }) => state !== 'building' && derivation === version.derivation)) return null;
  const same: VersionInState[] = [];
  for (const one of others) {
    if (hasSameCalls(one, version) && (await isWhole(db, one, logId))) same.push(one);
  }
  return same.find(({ state }) => state === 'active') ?? same.at(-1) ?? null;
}

function hasSameCalls(one: VersionInState, { rules, derivation }: ReadModelVersion): boolean {
  const isOfThisProgram = (rows: string, by: typeof rules) => derivationOf(by) === rows;
  return (
    one.state !== 'building' &&
    isOfThisProgram(one.derivation, one.rules) &&
    isOfThisProgram(derivation, rules) &&
    callDerivationOf(one.rules) === callDerivationOf(rules)
  );
}

/** The log of which the version is built, unless it is somewhere in it already. */
async function logOfEmpty(db: Kysely<ControlTables>, { schema }: ReadModelVersion): Promise<string | null> {
  const { rows } = await sql<{ log_id: string }>`
    select log_id from ${sql.id(schema, 'checkpoint')} where position = 0`.execute(db);
  return rows[0]?.log_id ?? null;
}

/** Whether it is of this log, as far as it has come, and no other code has touched its rows. */
async function isWhole(
  db: Kysely<ControlTables>,
  { version, schema }: ReadModelVersion,
  logId: string,
): Promise<boolean> {
  const { rows } = await sql`
    select from commslog.read_model_version, ${sql.id(schema, 'checkpoint')}
    where version = ${version} and not mixed and log_id = ${logId} and position > 0`.execute(db);
  return rows.length > 0;
}
