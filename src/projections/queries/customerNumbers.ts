import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { NumberCounts } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { createOnVersion } from './activeVersion.ts';

/** Of the numbers in the lists of all customers. */
export async function countNumbers(tables: Kysely<VersionTables>): Promise<NumberCounts> {
  const { total, understood } = await tables
    .selectFrom('customer_number')
    .select((eb) => [eb.fn.countAll<bigint>().as('total'), eb.fn.count<bigint>('e164').as('understood')])
    .where('listed', '=', true)
    .executeTakeFirstOrThrow();
  return { total: Number(total), notUnderstood: Number(total - understood) };
}

/** The same of the version that is served. Errors: those of `OnVersion`. */
export function customerNumbersIn(pool: pg.Pool): Promise<NumberCounts> {
  return createOnVersion(pool)(({ tables }) => countNumbers(tables));
}
