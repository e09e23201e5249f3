import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { CurrentCall } from '../../domain/entry.ts';
import type { CurrentMarks, CurrentSince, ListedCurrentCall } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { customerIn } from './commsPages.ts';
import { shownInPart } from './shownInPart.ts';

type Tables = Kysely<VersionTables>;

const CUSTOMER_ID = sql<string>`call ->> 'customer_id'`;
/** More calls than any PBX holds; a bound for the answer, not a page. */
const MAX_CURRENT_CALLS = 5_000;
const MAX_CURRENT_BYTES = 16_777_216n;

/** Calls in progress, oldest first. */
export async function currentCalls(tables: Tables): Promise<ListedCurrentCall[]> {
  const rows = await oldest(tables, called(tables)).execute();
  return rows.map(shown);
}

/**
 * Thousands of calls are in progress and a few change: what did not is not read. A mark is which transactions wrote the call
 * and its customer. A call that ends meanwhile is in `marks` and not in `changed`.
 */
export async function currentSince(tables: Tables, known: CurrentMarks): Promise<CurrentSince> {
  const rows = await oldest(
    tables,
    tables
      .selectFrom('current_call')
      .select((eb) => [
        'id',
        sql<string>`concat(current_call.xmin, ' ', ${eb
          .selectFrom('customer')
          .select(sql`customer.xmin`.as('xmin'))
          .where('customer.id', '=', CUSTOMER_ID)})`.as('mark'),
      ]),
  ).execute();
  const marks = new Map(rows.map(({ id, mark }) => [id, mark]));
  const other = rows.filter(({ id, mark }) => known.get(id) !== mark).map(({ id }) => id);
  if (other.length === 0) return { marks, changed: [] };
  const changed = await called(tables).where('id', '=', sql<string>`any(${other}::uuid[])`).execute();
  return { marks, changed: changed.map(shown) };
}

/** As many as one answer may hold, and of those as many as it may have bytes. */
function oldest<O>(
  tables: Tables,
  query: SelectQueryBuilder<VersionTables, 'current_call', O>,
): SelectQueryBuilder<VersionTables, 'current_call', O> {
  const first = tables
    .selectFrom('current_call')
    .select(['id', sql<bigint>`octet_length(call::text)`.as('bytes'), 'occurred_at'])
    .orderBy('occurred_at')
    .orderBy('id')
    .limit(MAX_CURRENT_CALLS);
  const summed = tables
    .selectFrom(first.as('first'))
    .select(['id', sql<bigint>`sum(bytes) over (order by occurred_at, id)`.as('bytes')]);
  const held = tables.selectFrom(summed.as('summed')).select('id').where('bytes', '<=', MAX_CURRENT_BYTES);
  return query.where('id', 'in', held).orderBy('occurred_at').orderBy('id');
}

function called(tables: Tables) {
  return tables
    .selectFrom('current_call')
    .select((eb) => [
      'call',
      eb.selectFrom('customer').select('customer.name').where('customer.id', '=', CUSTOMER_ID).as('customer_name'),
    ]);
}

function shown({ call, customer_name }: { readonly call: CurrentCall; readonly customer_name: string | null }) {
  return shownInPart({ ...call, customer: customerIn({ customer_id: call.customer_id, customer_name }) });
}
