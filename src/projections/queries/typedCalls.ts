import type { Kysely } from 'kysely';
import type { TypedCall } from '../../domain/unknownPrefixes.ts';
import type { VersionTables } from '../tables/schema.ts';

/** So many of the latest calls are looked at; what people dial before a number comes again. */
const MOST = 500;

/** The latest outbound calls since a time (RFC 3339), with what was typed. */
export async function typedCalls(tables: Kysely<VersionTables>, since: string): Promise<readonly TypedCall[]> {
  const rows = await tables
    .selectFrom('crm_comms_log')
    .where('occurred_at', '>=', since)
    .where('direction', '=', 'outbound')
    .where('dialled', 'is not', null)
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .select(['pbx', 'dialled', 'external_number'])
    .execute();
  return rows.flatMap(({ pbx, dialled, external_number: e164 }) => (dialled === null ? [] : [{ pbx, dialled, e164 }]));
}
