import type { Kysely } from 'kysely';
import type { ReadModelStatus } from '../../ports/readModel.ts';
import { estimatedRows } from '../tables/estimatedRows.ts';
import type { VersionTables } from '../tables/schema.ts';
import type { ActiveVersion } from './activeVersion.ts';

/** How far the log is projected, and the number of the last change that came of it. */
export function checkpointOf(tables: Kysely<VersionTables>): Promise<{ position: bigint; seq: bigint }> {
  return tables.selectFrom('checkpoint').select(['position', 'seq']).executeTakeFirstOrThrow();
}

export async function statusOf({ version, schema, derivation, tables }: ActiveVersion): Promise<ReadModelStatus> {
  const { position, parked, rows } = await tables
    .selectFrom('checkpoint')
    .select((eb) => [
      'position',
      eb.selectFrom('parked').select(eb.fn.countAll<bigint>().as('n')).as('parked'),
      estimatedRows(schema).as('rows'),
    ])
    .executeTakeFirstOrThrow();
  return { version, derivation, position, parked: Number(parked), estimatedRows: Number(rows) };
}
