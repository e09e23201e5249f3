import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { NumberCounts } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { createOnVersion } from './activeVersion.ts';

/** Of the numbers in the lists of all customers. */
export async function countNumbers(tables: Kysely<VersionTables>): Promise<NumberCounts> {
  const counts = await tables.selectFrom('number_count').selectAll().execute();
  const count = (isUnderstood: boolean) => Number(counts.find((one) => one.is_understood === isUnderstood)?.n ?? 0n);
  return { total: count(true) + count(false), notUnderstood: count(false) };
}

/** The same of the version that is served. Errors: those of `OnVersion`. */
export function customerNumbersIn(pool: pg.Pool): Promise<NumberCounts> {
  return createOnVersion(pool)(({ tables }) => countNumbers(tables));
}
