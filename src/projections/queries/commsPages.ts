import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { CommsKey, CustomerName, Page } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';

/** What a list of entries needs of a row beside what it shows. */
type Keyed = { readonly id: string; readonly occurred_at: string };

/** What a page begins after, and how many it shows. */
export type PageAsked = { readonly after: CommsKey | null; readonly limit: number };

/**
 * The rows of a page, newest first; one more than it shows, to see whether there are more. `by`: the table whose key is in
 * the order of the list.
 */
export function pageOfRows<DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  { after, limit }: PageAsked,
  by = 'crm_comms_log',
): SelectQueryBuilder<DB, TB, O> {
  const rest = after === null ? query : query.where(isBehind(after, by));
  return rest
    .orderBy(sql.ref(`${by}.occurred_at`), 'desc')
    .orderBy(sql.ref(`${by}.id`), 'desc')
    .limit(limit + 1);
}

/** Whether a row of the table `by` comes behind another in the list. */
export function isBehind({ occurredAt, id }: CommsKey, by: string): Expression<SqlBool> {
  return sql<SqlBool>`(${sql.ref(`${by}.occurred_at`)}, ${sql.ref(`${by}.id`)}) < (${occurredAt}::timestamptz, ${id}::uuid)`;
}

/** A page of the first rows of those that were `found`. */
export function pageOf<Row extends Keyed>(
  rows: readonly Row[],
  limit: number,
  found = rows.length,
): Page<Row, CommsKey> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = found > items.length && last !== undefined ? { occurredAt: last.occurred_at, id: last.id } : null;
  return { items, next };
}

export function customerName(eb: ExpressionBuilder<VersionTables, 'crm_comms_log'>) {
  return eb
    .selectFrom('customer')
    .select('customer.name')
    .whereRef('customer.id', '=', 'crm_comms_log.customer_id')
    .as('customer_name');
}

export function customerIn(row: {
  readonly customer_id: string | null;
  readonly customer_name: string | null;
}): CustomerName | null {
  const { customer_id: id, customer_name: name } = row;
  return id === null || name === null ? null : { id, name };
}
