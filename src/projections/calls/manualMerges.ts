import { MANUAL_PBX } from '../../domain/acts/manualCall.ts';
import { entryId } from '../../domain/callId.ts';
import type { FoldedManualCalls } from '../people/manualCalls.ts';
import type { RulesOf } from '../people/whose.ts';
import type { Feed } from '../tables/feed.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';
import { manualRow, upsertEntries } from './entryRows.ts';
import type { FoldedCalls } from './foldedCalls.ts';

/**
 * The calls logged by hand, by the uuids of their streams, that were said to be the same as one of these calls, or that
 * led to a call by an alias that is taken away.
 */
export async function mergedWith(
  sql: Sql,
  { entries, current }: FoldedCalls,
  takenAway: readonly string[],
): Promise<readonly string[]> {
  const ids = [...entries, ...current].flatMap(({ asked }) => [asked.id, ...asked.aliases]);
  if (ids.length === 0 && takenAway.length === 0) return [];
  const rows = await sql<{ manual: string }>(
    'select distinct manual from manual_merge where annotation_id = any($1) or manual_id = any($2)',
    [ids, takenAway],
  );
  return rows.map(({ manual }) => manual);
}

/**
 * Shows each call logged by hand once: as an entry of its own, or as part of the one that it was merged with, as long as
 * that one is there. The ids of the entries that have gained or lost one.
 */
export async function placeManualCalls(
  sql: Sql,
  rulesOf: RulesOf,
  folded: FoldedManualCalls,
  feed: Feed,
): Promise<readonly string[]> {
  if (folded.size === 0) return [];
  const calls = [...folded].map(([uuid, call]) => ({ id: entryId(MANUAL_PBX, uuid), call }));
  const ids = calls.map(({ id }) => id);
  const former = await sql<{ current_id: string }>('delete from call_alias where id = any($1) returning current_id', [
    ids,
  ]);
  const targets = new Map(
    (await sql<{ manual_id: string; target: string | null }>(TARGETS, [ids])).map((row) => [row.manual_id, row.target]),
  );
  const aliases = calls.flatMap(({ id, call }) => {
    const target = targets.get(id);
    return call && target ? [{ id, current_id: target }] : [];
  });
  const aside = new Map(aliases.map(({ id, current_id }) => [id, current_id]));

  const shown = calls.flatMap(({ id, call }) => (call && !aside.has(id) ? manualRow(call, rulesOf) : []));
  const gone = await sql<{ id: string }>(
    'delete from crm_comms_log where id = any($1) and not (id = any($2)) returning id',
    [ids, shown.map(({ id }) => id)],
  );
  for (const { id } of gone) feed.removed(id, aside.get(id) ?? null);
  await upsertEntries(sql, shown, feed);
  if (aliases.length > 0) {
    await sql('insert into call_alias select * from json_populate_recordset(null::call_alias, $1)', [
      jsonRows(aliases),
    ]);
  }
  return [...former, ...aliases].map(({ current_id }) => current_id);
}

/** Of several entries that a call was said to be the same as, the one that was said last. */
const TARGETS = `
  select distinct on (merge.manual_id) merge.manual_id, call.id as target
  from manual_merge as merge
  left join call_alias as alias on alias.id = merge.annotation_id
  left join crm_comms_log as call on call.id = coalesce(alias.current_id, merge.annotation_id) and call.source <> 'manual'
  where merge.manual_id = any($1)
  order by merge.manual_id, merge.merged_at desc, merge.position desc`;
