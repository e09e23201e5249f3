import { decidedIn } from '../../domain/acts/annotation.ts';
import type { Match, Note, Reason } from '../../domain/entry.ts';
import { matchEntry } from '../../domain/matching.ts';
import type { FoldedManualCall } from '../people/manualCalls.ts';
import type { RulesOf, WhoseIs } from '../people/whose.ts';
import type { Feed } from '../tables/feed.ts';
import { later } from '../tables/positions.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';
import { beginOf, type Folded, type PlacedEntry } from './foldedCalls.ts';

/** A row of `crm_comms_log` as it is written. */
type EntryRow = PlacedEntry & {
  readonly customer_id: string | null;
  readonly match: Match;
  readonly notes: readonly Note[];
  readonly done_at: string | null;
  readonly position: bigint;
  readonly group_id: bigint | null;
  readonly annotation_revision: bigint;
  readonly number_key: string | null;
  /** stands by itself: it is of the half of the derivation that rules change most */
  readonly external_number_why: Reason | null;
  readonly logged_by: string | null;
};

/** The row of a finished call, with its customer. */
export function callRow({ call, asked, group }: Folded<PlacedEntry>, whoseIs: WhoseIs): EntryRow {
  const { customer_id, match, decided } = whoseIs(asked);
  const { external_number: external_number_why = null, ...why } = call.why;
  return {
    ...call,
    why,
    external_number_why,
    logged_by: null,
    customer_id,
    match,
    notes: decided.notes,
    done_at: decided.doneAt,
    position: later(decided.position, group.position),
    group_id: group.id,
    annotation_revision: decided.revision,
    number_key: asked.number_key,
  };
}

/** The row of a call that was logged by hand: it has the customer that a person gave it, and no number to look up. */
export function manualRow({ call, revision, position }: FoldedManualCall, rulesOf: RulesOf): EntryRow {
  const { entry, loggedBy, annotation } = call;
  const { assignment, notes, doneAt } = decidedIn([annotation]);
  return {
    ...entry,
    ...matchEntry(entry, [], { assignment, rules: rulesOf(entry.pbx) }),
    occurred_at: beginOf(entry),
    notes,
    done_at: doneAt,
    position,
    group_id: null,
    outside: null,
    external_number_why: null,
    logged_by: loggedBy,
    annotation_revision: revision,
    number_key: null,
  };
}

/** Writes the rows of calls that a PBX told, in place of those of the groups `replaced`; `aliases` tell into which call one went that is gone. */
export async function writeEntries(
  sql: Sql,
  rows: readonly EntryRow[],
  { replaced, aliases }: { readonly replaced: readonly bigint[]; readonly aliases: ReadonlyMap<string, string> },
  feed: Feed,
): Promise<void> {
  const gone =
    replaced.length === 0
      ? []
      : await sql<{ id: string }>(
          'delete from crm_comms_log where group_id = any($1) and not (id = any($2)) returning id',
          [replaced, rows.map(({ id }) => id)],
        );
  for (const { id } of gone) feed.removed(id, aliases.get(id) ?? null);
  await upsertEntries(sql, rows, feed);
}

/** Writes rows that are not so already; those that readers see otherwise are told of. */
export async function upsertEntries(sql: Sql, rows: readonly EntryRow[], feed: Feed): Promise<void> {
  if (rows.length === 0) return;
  const changed = new Set((await sql<{ id: string }>(UPSERT, [jsonRows(rows), UNSEEN])).map(({ id }) => id));
  for (const id of changed) feed.upserted(id);
  const others = rows.filter(({ id }) => !changed.has(id));
  if (others.length === 0) return;
  await sql(MOVE, [jsonRows(others.map(({ id, position, group_id }) => ({ id, position, group_id })))]);
}

/** A fact of a call moves the position of each of its rows, also of those that it says nothing about. */
const UNSEEN: readonly (keyof EntryRow)[] = ['position', 'group_id'];

/** The ids of the rows that are new or of which something has changed that is seen. */
const UPSERT = `
  with now as (select * from json_populate_recordset(null::crm_comms_log, $1)),
  changed as (
    select now.* from now left join crm_comms_log as before using (id)
    where before.id is null or to_jsonb(before) - $2::text[] is distinct from to_jsonb(now) - $2::text[])
  insert into crm_comms_log select * from changed
  on conflict (id) do update set
    source = excluded.source, direction = excluded.direction, outcome = excluded.outcome,
    handled_by_machine = excluded.handled_by_machine,
    customer_id = excluded.customer_id, match = excluded.match,
    external_number = excluded.external_number, external_number_raw = excluded.external_number_raw,
    external_name = excluded.external_name, did = excluded.did, dialled = excluded.dialled, trunk = excluded.trunk,
    extensions = excluded.extensions, rang = excluded.rang,
    occurred_at = excluded.occurred_at, answered_at = excluded.answered_at, ended_at = excluded.ended_at,
    ring_seconds = excluded.ring_seconds, duration_seconds = excluded.duration_seconds,
    body = excluded.body, notes = excluded.notes, segments = excluded.segments, legs = excluded.legs,
    incomplete = excluded.incomplete, why = excluded.why, done_at = excluded.done_at,
    derivation = excluded.derivation, position = excluded.position, group_id = excluded.group_id,
    annotation_revision = excluded.annotation_revision, number_key = excluded.number_key,
    queues = excluded.queues, course = excluded.course, outside = excluded.outside,
    external_number_why = excluded.external_number_why, logged_by = excluded.logged_by
  returning id`;

const MOVE = `
  update crm_comms_log as row set position = now.position, group_id = now.group_id
  from json_to_recordset($1) as now (id uuid, position bigint, group_id bigint)
  where row.id = now.id and (row.position, row.group_id) is distinct from (now.position, now.group_id)`;
