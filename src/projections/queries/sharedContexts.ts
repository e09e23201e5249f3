import { type Kysely, sql } from 'kysely';
import type { SharedContext } from '../../domain/contradictions.ts';
import type { VersionTables } from '../tables/schema.ts';

/** Of so many contexts somebody has to be told. */
const MOST = 100;

/** Contexts in which endpoints that the rules call shared have opened since a time (RFC 3339), each once. */
export async function sharedContexts(tables: Kysely<VersionTables>, since: string): Promise<readonly SharedContext[]> {
  const context = sql<string>`why -> 'direction' -> 'inputs' ->> 'context'`;
  const rows = await tables
    .selectFrom('crm_comms_log')
    .where('occurred_at', '>=', since)
    .where(sql<boolean>`why -> 'trunk' ->> 'rule' = 'shared_endpoint'`)
    .where(sql<boolean>`${context} is not null`)
    .distinct()
    .select(['pbx', 'trunk', context.as('context')])
    .orderBy('pbx')
    .orderBy('trunk')
    .orderBy('context')
    .limit(MOST)
    .execute();
  return rows.flatMap(({ pbx, trunk, context: met }) =>
    trunk === null ? [] : [{ pbx, endpoint: trunk, context: met }],
  );
}
