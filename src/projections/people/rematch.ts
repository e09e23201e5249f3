import type { CurrentCall, Match, Note } from '../../domain/entry.ts';
import type { Matchable } from '../../domain/matching.ts';
import type { Feed } from '../tables/feed.ts';
import { later } from '../tables/positions.ts';
import type { VersionTables } from '../tables/schema.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';
import { type RulesOf, type Whose, whose } from './whose.ts';

/** Rows that are matched again at once. */
const PAGE = 2_000;
/** Numbers whose calls are looked for at once. */
const NUMBERS = 500;
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

/** The calls of a number behind one of them, in the order of their ids. */
type Place = VersionTables['number_rematch'];
/** Is told of each row that readers see otherwise. */
type Told = Pick<Feed, 'upserted'>;

/** What may have changed whose a call is: lookup keys of numbers; and ids that people said something of, also former ones. */
export type Touched = { readonly numberKeys: readonly string[]; readonly ids: readonly string[] };

/** `most`: rows that are matched again at once for the numbers; the others wait for `rematchWaiting`. */
export type Rematching = { readonly sql: Sql; readonly rulesOf: RulesOf; readonly feed: Feed; readonly most: number };

/** Matches the calls again that somebody else may hold now, with what people said of them; writes those that are other now. */
export async function rematch(rematching: Rematching, { numberKeys, ids }: Touched): Promise<void> {
  if (numberKeys.length === 0 && ids.length === 0) return;
  if (ids.length > 0) await rematchSaid(rematching, ids);
  if (numberKeys.length > 0) {
    const places = [...new Set(numberKeys)].map((number_key) => ({ number_key, after: BEFORE_ALL }));
    await rematchNumbers(rematching, places, rematching.feed);
  }
  await rematchCurrentCalls(rematching, { numberKeys, ids });
  rematching.feed.wake();
}

/**
 * Matches some of the calls again that wait for it. Readers are told behind the last of them, and then that they have to begin
 * anew: what changes one by one for minutes helps nobody.
 */
export async function rematchWaiting(rematching: Rematching): Promise<void> {
  const { sql, feed } = rematching;
  const places = await sql<Place>('select number_key, after from number_rematch order by number_key limit $1', [
    NUMBERS,
  ]);
  let isSeen = false;
  await rematchNumbers(rematching, places, {
    upserted() {
      isSeen = true;
    },
  });
  if (isSeen) await sql('update checkpoint set untold = true');
  if (await waitsForRematch(sql)) return;
  const untold = await sql('update checkpoint set untold = null where untold returning untold');
  if (untold.length > 0) feed.beginAnew();
}

/** Whether calls wait to be matched again. */
export async function waitsForRematch(sql: Sql): Promise<boolean> {
  return (await sql('select from number_rematch limit 1')).length > 0;
}

async function rematchSaid({ sql, rulesOf, feed }: Rematching, ids: readonly string[]): Promise<void> {
  let after = BEFORE_ALL;
  for (;;) {
    const rows = await sql<Row>(SAID_OF, [ids, after, PAGE]);
    await writeOthers(sql, rulesOf, rows, feed);
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.id;
  }
}

/** The calls behind these places, in this order; where there are more than are matched again, the rest is remembered. */
async function rematchNumbers({ sql, rulesOf, most }: Rematching, places: readonly Place[], told: Told): Promise<void> {
  let left = places;
  for (let rest = most; rest > 0 && left.length > 0; ) {
    const some = left.slice(0, NUMBERS);
    const page = Math.min(rest, PAGE);
    const rows = await sql<Row & { number_key: string; nth: bigint }>(OF_NUMBERS, [
      some.map(({ number_key }) => number_key),
      some.map(({ after }) => after),
      page,
    ]);
    await writeOthers(sql, rulesOf, rows, told);
    const last = rows.length < page ? undefined : rows.at(-1);
    left = last
      ? [{ number_key: last.number_key, after: last.id }, ...left.slice(Number(last.nth))]
      : left.slice(some.length);
    rest -= rows.length;
  }
  await sql('delete from number_rematch where number_key = any($1)', [places.map(({ number_key }) => number_key)]);
  if (left.length === 0) return;
  await sql('insert into number_rematch select * from json_populate_recordset(null::number_rematch, $1)', [
    jsonRows(left),
  ]);
}

async function writeOthers(sql: Sql, rulesOf: RulesOf, rows: readonly Row[], told: Told): Promise<void> {
  if (rows.length === 0) return;
  const whoseIs = await whose(sql, rulesOf, rows);
  const changed = rows.map((row) => ({ row, now: whoseIs(row) })).filter(({ row, now }) => isOther(row, now));
  if (changed.length === 0) return;
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
  for (const { row, now } of changed) if (isSeen(row, now)) told.upserted(row.id);
}

async function rematchCurrentCalls({ sql, rulesOf }: Rematching, { numberKeys, ids }: Touched): Promise<void> {
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

/** $: an array of ids. They and those of the entries that they lead to. */
const IDS = (all: string) => `(${all}::uuid[] || array(select current_id from call_alias where id = any(${all})))`;
const ALIASES = (id: string) => `array(select alias.id::text from call_alias as alias where alias.current_id = ${id})`;

const ROW = `
  row.id, row.pbx, external_number, external_number_raw, did, occurred_at, row.number_key, customer_id, match,
  notes, done_at, row.position, annotation_revision, call.position as group_position, ${ALIASES('row.id')} as aliases`;

const SAID_OF = `
  select ${ROW} from crm_comms_log as row
  join call_group as call on call.id = row.group_id
  where row.id = any(${IDS('$1')}) and row.id > $2
  order by row.id limit $3`;

/** $1, $2: numbers and behind which of their calls; `nth` says of which of these places. */
const OF_NUMBERS = `
  select ${ROW}, nth from (
    select place.nth, one.id
    from unnest($1::text[], $2::uuid[]) with ordinality as place (number_key, after, nth)
    cross join lateral (
      select id from crm_comms_log
      where number_key = place.number_key and id > place.after and group_id is not null
      order by id limit $3) as one
    order by place.nth, one.id limit $3) as found
  join crm_comms_log as row using (id)
  join call_group as call on call.id = row.group_id
  order by nth, row.id`;

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
  where number_key = any($1) or id = any(${IDS('$2')})`;

const UPDATE_CURRENT_CALLS = `
  update current_call as row set call = now.call
  from json_to_recordset($1) as now (id uuid, call json)
  where row.id = now.id and row.call::jsonb is distinct from now.call::jsonb`;
