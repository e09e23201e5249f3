import type { CallInProgress } from '../../domain/call/foldGroup.ts';
import type { WhoseIs } from '../people/whose.ts';
import type { Feed } from '../tables/feed.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';
import type { Folded } from './foldedCalls.ts';

/** Writes the calls in progress with their customers, in place of those that the groups `replaced` had. */
export async function writeCurrentCalls(
  sql: Sql,
  folded: readonly Folded<CallInProgress>[],
  whoseIs: WhoseIs,
  replaced: readonly bigint[],
  feed: Feed,
): Promise<void> {
  if (replaced.length > 0) {
    const gone = await sql('delete from current_call where group_id = any($1) returning id', [replaced]);
    if (gone.length > 0) feed.wake();
  }
  if (folded.length === 0) return;
  const rows = folded.map(({ call, asked, group }) => {
    const { id, pbx, occurred_at } = call;
    const { customer_id, match } = whoseIs(asked);
    const { number_key } = asked;
    return { id, group_id: group.id, pbx, occurred_at, call: { ...call, customer_id, match }, number_key };
  });
  await sql('insert into current_call select * from json_populate_recordset(null::current_call, $1)', [jsonRows(rows)]);
  feed.wake();
}
