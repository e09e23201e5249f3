import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely';
import type { CommsKey, CustomerName, Page } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';

/** What a list of entries needs of a row beside what it shows. */
type Keyed = { readonly id: string; readonly occurred_at: string };

/** The rows after a key, newest first; one more than `limit`, to see whether there are more. */
export function pageAfter<O>(
  query: SelectQueryBuilder<VersionTables, 'crm_comms_log', O>,
  after: CommsKey | null,
  limit: number,
): SelectQueryBuilder<VersionTables, 'crm_comms_log', O> {
  const rest =
    after === null
      ? query
      : query.where((eb) => eb(eb.refTuple('occurred_at', 'id'), '<', eb.tuple(after.occurredAt, after.id)));
  return rest
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
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
