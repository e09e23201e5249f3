import { type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import type { Customer, CustomersFilter, Page } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { HELD_NUMBER } from '../tables/searchText.ts';
import { containing, digitsOf, mentions } from './search.ts';

type Tables = Kysely<VersionTables>;

const byName = sql<string>`lower(name)`;

/** Customers that are not removed, by name; `after` is the last page's last id. */
export async function listCustomers(
  tables: Tables,
  { q, notUnderstood }: CustomersFilter,
  after: string | null,
  limit: number,
): Promise<Page<Customer, string>> {
  let query = tables.selectFrom('customer').select('id').where('removed_at', 'is', null);
  if (q !== undefined) query = query.where((eb) => eb('id', 'in', matching(eb, q.trim())));
  if (notUnderstood) query = query.where((eb) => eb.exists(listedNumbers(eb).where('e164', 'is', null)));
  if (after !== null) {
    query = query.where((eb) => {
      const last = eb
        .selectFrom('customer')
        .select([byName.as('name'), 'id'])
        .where('id', '=', after);
      return sql<SqlBool>`(${byName}, id) > ${last}`;
    });
  }
  const rows = await query
    .orderBy(byName)
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const ids = rows.slice(0, limit).map((row) => row.id);
  const found = await customersById(tables, ids);
  const next = rows.length > limit ? ids.at(-1) : undefined;
  return { items: ids.flatMap((id) => found.get(id) ?? []), next: next ?? null };
}

export async function getCustomer(tables: Tables, id: string): Promise<Customer | null> {
  return (await customersById(tables, [id])).get(id) ?? null;
}

/** One statement, so that a customer's numbers are those of its revision. */
async function customersById(tables: Tables, ids: readonly string[]): Promise<ReadonlyMap<string, Customer>> {
  const rows = await tables
    .selectFrom('customer')
    .leftJoin('customer_number as held', (join) =>
      join.onRef('held.customer_id', '=', 'customer.id').on('held.listed', '=', true),
    )
    .select(['customer.id', 'customer.name', 'customer.revision', 'customer.removed_at'])
    .select(['held.number', 'held.e164', 'held.label', 'held.valid_from', 'held.valid_to'])
    .where('customer.id', '=', sql<string>`any(${ids})`)
    .orderBy('held.ordinal')
    .execute();
  return new Map(
    rows.map(({ id, name, revision, removed_at }) => {
      const numbers = rows.flatMap(({ id: holder, number, e164, label, valid_from, valid_to }) =>
        holder === id && number !== null ? [{ number, e164, label, from: valid_from, to: valid_to }] : [],
      );
      return [id, { id, name, numbers, revision, removedAt: removed_at }];
    }),
  );
}

/** Those with a name or a number that has `q` in it; each is looked for by its own index. */
function matching(eb: ExpressionBuilder<VersionTables, 'customer'>, q: string) {
  const named = eb.selectFrom('customer').select('customer.id').where(mentions('name', q));
  const digits = digitsOf(q);
  if (digits === null) return named;
  const holders = eb
    .selectFrom('customer_number')
    .select('customer_id as id')
    .where('listed', '=', true)
    .where(sql<SqlBool>`${sql.raw(HELD_NUMBER)} like ${containing(digits)}`);
  return named.union(holders);
}

function listedNumbers(eb: ExpressionBuilder<VersionTables, 'customer'>) {
  return eb
    .selectFrom('customer_number')
    .whereRef('customer_number.customer_id', '=', 'customer.id')
    .where('listed', '=', true);
}
