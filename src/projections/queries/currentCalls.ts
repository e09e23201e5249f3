import { type Kysely, sql } from 'kysely';
import type { ListedCurrentCall } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { customerIn } from './commsPages.ts';
import { shownInPart } from './shownInPart.ts';

/** More calls than any PBX holds; a bound for the answer, not a page. */
const MAX_CURRENT_CALLS = 5_000;

/** Calls in progress, oldest first. */
export async function currentCalls(tables: Kysely<VersionTables>): Promise<ListedCurrentCall[]> {
  const rows = await tables
    .selectFrom('current_call')
    .select((eb) => [
      'call',
      eb
        .selectFrom('customer')
        .select('customer.name')
        .where('customer.id', '=', sql<string>`call ->> 'customer_id'`)
        .as('customer_name'),
    ])
    .orderBy('occurred_at')
    .orderBy('id')
    .limit(MAX_CURRENT_CALLS)
    .execute();
  return rows.map(({ call, customer_name }) => {
    const customer = customerIn({ customer_id: call.customer_id, customer_name });
    return shownInPart({ ...call, customer });
  });
}
