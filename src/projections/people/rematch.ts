import type { CurrentCall, Match, Note } from '../../domain/entry.ts';
import type { Matchable } from '../../domain/matching.ts';
import type { Feed } from '../tables/feed.ts';
import { later } from '../tables/positions.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';
import { type RulesOf, type Whose, whose } from './whose.ts';

/** Rows that are matched again at once. */
const PAGE = 2_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

type Row = Matchable & {
  readonly id: string;
  readonly pbx: string;
  readonly aliases: readonly string[];
  readonly number_key: string | null;
  readonly customer_id: string | null;
  readonly match: Match;
  readonly notes: readonly Note[];
  readonly done_at: string | null;
  readonly position: bigint;
  /** of the last fact that the PBX told */
  readonly group_position: bigint;
  readonly annotation_revision: bigint;
};

/** What may have changed whose a call is: lookup keys of numbers; and ids that people said something of, also former ones. */
export type Touched = { readonly numberKeys: readonly string[]; readonly ids: readonly string[] };

/** Matches the calls again that somebody else may hold now, with what people said of them; writes those that are other now. */
export async function rematch(sql: Sql, rulesOf: RulesOf, touched: Touched, feed: Feed): Promise<void> {
  if (touched.numberKeys.length === 0 && touched.ids.length === 0) return;
  await rematchEntries(sql, rulesOf, touched, feed);
  await rematchCurrentCalls(sql, rulesOf, touched);
  feed.wake();
}

async function rematchEntries(sql: Sql, rulesOf: RulesOf, { numberKeys, ids }: Touched, feed: Feed): Promise<void> {
  let after = BEFORE_ALL;
  for (;;) {
    const rows = await sql<Row>(ENTRIES, [numberKeys, ids, after, PAGE]);
    const whoseIs = await whose(sql, rulesOf, rows);
    const changed = rows.map((row) => ({ row, now: whoseIs(row) })).filter(({ row, now }) => isOther(row, now));
    if (changed.length > 0) {
      const updates = changed.map(({ row, now }) => ({
        id: row.id,
        customer_id: now.customer_id,
        match: now.match,
        notes: now.decided.notes,
        done_at: now.decided.doneAt,
        position: later(now.decided.position, row.group_position),
        annotation_revision: now.decided.revision,
      }));
      await sql(UPDATE_ENTRIES, [jsonRows(updates)]);
      for (const { row, now } of changed) if (isSeen(row, now)) feed.upserted(row.id);
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.id;
  }
}

async function rematchCurrentCalls(sql: Sql, rulesOf: RulesOf, { numberKeys, ids }: Touched): Promise<void> {
  const rows = await sql<{ call: CurrentCall; number_key: string | null; aliases: string[] }>(CURRENT_CALLS, [
    numberKeys,
    ids,
  ]);
  if (rows.length === 0) return;
  const calls = rows.map(({ call, number_key, aliases }) => ({ call, asked: { ...call, number_key, aliases } }));
  const whoseIs = await whose(
    sql,
    rulesOf,
    calls.map(({ asked }) => asked),
  );
  const updates = calls.map(({ call, asked }) => {
    const { customer_id, match } = whoseIs(asked);
    return { id: call.id, call: { ...call, customer_id, match } };
  });
  await sql(UPDATE_CURRENT_CALLS, [jsonRows(updates)]);
}

function isOther(row: Row, now: Whose): boolean {
  return row.position !== later(now.decided.position, row.group_position) || isSeen(row, now);
}

function isSeen(row: Row, { customer_id, match, decided }: Whose): boolean {
  return (
    row.customer_id !== customer_id ||
    row.annotation_revision !== decided.revision ||
    row.done_at !== decided.doneAt ||
    JSON.stringify([row.match, row.notes]) !== JSON.stringify([match, decided.notes])
  );
}

const IDS = 'select $2::uuid[] || array(select current_id from call_alias where id = any($2))';
const ALIASES = (id: string) => `array(select alias.id::text from call_alias as alias where alias.current_id = ${id})`;

const ENTRIES = `
  select row.id, row.pbx, external_number, external_number_raw, did, occurred_at, number_key, customer_id, match,
         notes, done_at, row.position, annotation_revision, call.position as group_position,
         ${ALIASES('row.id')} as aliases
  from crm_comms_log as row
  join call_group as call on call.id = row.group_id
  where (number_key = any($1) or row.id = any((${IDS})::uuid[])) and row.id > $3
  order by row.id limit $4`;

const UPDATE_ENTRIES = `
  update crm_comms_log as row
  set customer_id = now.customer_id, match = now.match, notes = now.notes, done_at = now.done_at,
      position = now.position, annotation_revision = now.annotation_revision
  from json_to_recordset($1) as now
    (id uuid, customer_id text, match json, notes json, done_at timestamptz, position bigint, annotation_revision bigint)
  where row.id = now.id`;

const CURRENT_CALLS = `
  select call, number_key, ${ALIASES('row.id')} as aliases
  from current_call as row
  where number_key = any($1) or id = any((${IDS})::uuid[])`;

const UPDATE_CURRENT_CALLS = `
  update current_call as row set call = now.call
  from json_to_recordset($1) as now (id uuid, call json)
  where row.id = now.id and row.call::jsonb is distinct from now.call::jsonb`;
