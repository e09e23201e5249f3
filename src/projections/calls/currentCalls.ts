import type { CallInProgress, ReadCall } from '../../domain/readGroup.ts';
import type { WhoseIs } from '../people/whose.ts';
import type { Feed } from '../tables/feed.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';
import type { Folded } from './foldedCalls.ts';

/** Writes the calls in progress with their customers, in place of those that the groups `replaced` had. */
export async function writeCurrentCalls(
  sql: Sql,
  folded: readonly Folded<ReadCall<CallInProgress>>[],
  whoseIs: WhoseIs,
  replaced: readonly bigint[],
  feed: Feed,
): Promise<void> {
  const rows = folded.map(({ call, asked, group }) => {
    const { outside, ...shown } = call;
    const { id, pbx, occurred_at } = shown;
    const { customer_id, match } = whoseIs(asked);
    const { number_key } = asked;
    return { id, group_id: group.id, pbx, occurred_at, call: { ...shown, customer_id, match }, number_key, outside };
  });
  const gone =
    replaced.length === 0
      ? []
      : await sql('delete from current_call where group_id = any($1) and not (id = any($2)) returning id', [
          replaced,
          rows.map(({ id }) => id),
        ]);
  const changed = rows.length === 0 ? [] : await sql(UPSERT, [jsonRows(rows)]);
  if (gone.length + changed.length > 0) feed.wake();
}

/** The ids of the rows that are new or not so already. */
const UPSERT = `
  insert into current_call as before select * from json_populate_recordset(null::current_call, $1)
  on conflict (id) do update set
    group_id = excluded.group_id, occurred_at = excluded.occurred_at, call = excluded.call,
    number_key = excluded.number_key, outside = excluded.outside
  where to_jsonb(before) is distinct from to_jsonb(excluded)
  returning id`;
