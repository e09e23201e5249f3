import type { Kysely } from 'kysely';
import type { ReadModelStatus } from '../../ports/readModel.ts';
import type { VersionTables } from '../schema.ts';
import type { ActiveVersion } from './activeVersion.ts';

/** How far the log is projected, and the number of the last change that came of it. */
export function checkpointOf(tables: Kysely<VersionTables>): Promise<{ position: bigint; seq: bigint }> {
  return tables.selectFrom('checkpoint').select(['position', 'seq']).executeTakeFirstOrThrow();
}

export async function statusOf({ version, derivation, tables }: ActiveVersion): Promise<ReadModelStatus> {
  const counts = await tables
    .selectNoFrom((eb) => [
      eb.selectFrom('parked').select(eb.fn.countAll<bigint>().as('n')).as('parked'),
      eb.selectFrom('crm_comms_log').select(eb.fn.countAll<bigint>().as('n')).as('rows'),
    ])
    .executeTakeFirstOrThrow();
  const { position } = await checkpointOf(tables);
  return { version, derivation, position, parked: Number(counts.parked), rows: Number(counts.rows) };
}
