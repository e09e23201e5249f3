/** Groups that wait to be folded: not in the transaction of what concerns them, but behind what is live. */
import { toRfc3339 } from '../../domain/time.ts';
import { columnOf } from '../tables/times.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';
import type { CallGroup } from './callGroup.ts';
import type { HeardThen } from './heardThen.ts';

/** Whether some wait. */
export async function foldsWait(sql: Sql): Promise<boolean> {
  return (await sql('select from fold_waiting limit 1')).length > 0;
}

/** Those that have waited longest, but for `resting`. */
export async function longestWaiting(sql: Sql, resting: readonly bigint[], limit: number): Promise<readonly bigint[]> {
  const rows = await sql<{ group_id: bigint }>(
    'select group_id from fold_waiting where not (group_id = any($1)) order by since, group_id limit $2',
    [resting, limit],
  );
  return rows.map(({ group_id }) => group_id);
}

export async function waitToBeFolded(sql: Sql, groups: readonly CallGroup[]): Promise<void> {
  const begin = groups.filter(({ waits }) => !waits);
  if (begin.length === 0) return;
  await sql('insert into fold_waiting (group_id) select unnest($1::bigint[]) on conflict do nothing', [
    begin.map(({ id }) => id),
  ]);
  for (const group of begin) group.waits = true;
}

export async function waitNoMore(sql: Sql, ids: readonly bigint[]): Promise<void> {
  if (ids.length > 0) await sql('delete from fold_waiting where group_id = any($1)', [ids]);
}

/** All of these PBXs that have an open channel wait, but for those that were `folded`. */
export async function openOnesWait(sql: Sql, pbxs: readonly string[], folded: readonly bigint[]): Promise<void> {
  if (pbxs.length > 0) await sql(`${WAIT} pbx = any($2) and open ${ONCE}`, [folded, pbxs]);
}

/** All of this PBX of which something was read then. */
export async function heardThenWait(sql: Sql, heard: HeardThen, folded: readonly bigint[]): Promise<void> {
  await sql(`${WAIT} ${HEARD_THEN} ${ONCE}`, [folded, ...valuesOf(heard)]);
}

/** The same of finished calls of which a channel was not heard to end: when, later sessions have shown. */
export async function unendedThenWait(sql: Sql, heard: HeardThen, folded: readonly bigint[]): Promise<void> {
  await sql(
    `${WAIT} ${HEARD_THEN} and exists (
       select from crm_comms_log as entry where entry.group_id = call_group.id and 'end_not_heard' = any(incomplete))
     ${ONCE}`,
    [folded, ...valuesOf(heard)],
  );
}

/** What stands in the tables of groups that went into these is theirs: whether these are folded now or later, it is replaced. */
export async function moveToTheirGroups(sql: Sql, groups: readonly CallGroup[]): Promise<void> {
  const moves = groups.flatMap(({ id, absorbed }) => absorbed.map((gone) => ({ gone, id })));
  for (const table of ['crm_comms_log', 'current_call']) {
    await sql(
      `update ${table} as row set group_id = move.id from json_to_recordset($1) as move (gone bigint, id bigint)
       where row.group_id = move.gone`,
      [jsonRows(moves)],
    );
  }
  await waitNoMore(
    sql,
    moves.map(({ gone }) => gone),
  );
}

/** $1: groups that do not wait. */
const WAIT = 'insert into fold_waiting (group_id) select id from call_group where not (id = any($1)) and';
const ONCE = 'on conflict do nothing';
/** $2 PBX, $3 since, $4 until: null, for ever. */
const HEARD_THEN = `pbx = $2 and heard_until >= $3 and ($4::timestamptz is null or heard_from is null or heard_from <= $4)`;

function valuesOf({ pbx, since, until }: HeardThen): unknown[] {
  return [pbx, toRfc3339(since), columnOf(until)];
}
