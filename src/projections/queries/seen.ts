/** Which rows somebody sees, or took part in: `isSeen` of the domain as PostgreSQL asks it. */
import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import type { Line } from '../../domain/directory/directory.ts';
import type { Place } from '../../domain/directory/team.ts';
import type { View } from '../../domain/directory/view.ts';
import { toRfc3339 } from '../../domain/time.ts';
import type { VersionTables } from '../tables/schema.ts';
import { type PageAsked, pageOfRows } from './commsPages.ts';

type Tables = Kysely<VersionTables>;
type Some = Extract<View, { readonly sees: 'some' }>;
type Condition = Expression<SqlBool>;

/** With more phones than this nearly every row is one of theirs, and the newest rows are gone through one by one. */
const MOST_PHONES = 200;

/** What a row of `crm_comms_log` meets; null: every one does. */
export function isSeenRow(view: View): Condition | null {
  if (view.sees === 'all') return null;
  const conditions = [isLogged(view), isAtPhone(view), isMissedInQueue(view), isMissedAtNumber(view)].filter(
    (one) => one !== null,
  );
  return conditions.length === 0 ? sql<SqlBool>`false` : sql<SqlBool>`(${sql.join(conditions, sql` or `)})`;
}

/**
 * Whether a customer (by id) has had an entry that somebody sees, or could be the one of such an entry; null: everybody sees it.
 */
export function isSeenCustomer(tables: Tables, view: View, id: Expression<string>): Condition | null {
  const isSeen = isSeenRow(view);
  if (isSeen === null) return null;
  const rows = tables.selectFrom('crm_comms_log').select('crm_comms_log.id').where(isSeen);
  const theirs = rows.where('crm_comms_log.customer_id', '=', id);
  const perhaps = rows
    .innerJoin('customer_number', (join) =>
      join
        .onRef('customer_number.number_key', '=', 'crm_comms_log.number_key')
        // the key is the end of a number alone, which strangers may share
        .onRef('customer_number.e164', '=', 'crm_comms_log.external_number'),
    )
    .where('customer_number.customer_id', '=', id)
    .where('customer_number.listed', '=', true);
  return sql<SqlBool>`(exists (${theirs}) or exists (${perhaps}))`;
}

export type Asked = {
  /** null: all of them */
  readonly page: PageAsked | null;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** what else a row has to meet */
  readonly rest: (eb: ExpressionBuilder<VersionTables, 'crm_comms_log'>) => Condition;
};

/**
 * The keys of the rows: those of each phone, each in the order of the list, put together; so that a page takes no longer with
 * millions of rows of others. Null: going through all rows is quicker.
 */
export function seenKeys(tables: Tables, view: Some, asked: Asked) {
  if (view.lines.length > MOST_PHONES) return null;
  const { page, rest } = asked;
  const rows = tables.selectFrom('crm_comms_log').select(['id', 'occurred_at']).where(rest);
  const ofRows = [isLogged(view), isMissedAtNumber(view)]
    .filter((condition) => condition !== null)
    .map((condition) => rows.where(condition))
    .map((some) => (page === null ? some : pageOfRows(some, page)));
  const atPhones = view.lines.map((line) => atPhone(tables, line, asked));
  const inQueues = view.queues.map((queue) => inQueue(tables, queue, asked));
  const parts = [...atPhones, ...inQueues, ...ofRows];
  const none = tables.selectFrom('crm_comms_log').select(['id', 'occurred_at']).where(sql<SqlBool>`false`);
  const all = sql.join(
    (parts.length === 0 ? [none] : parts).map((part) => sql`(${part})`),
    sql` union `,
  );
  const keys = tables.selectFrom(sql<VersionTables['entry_extension']>`(${all})`.as('entry_extension'));
  const selected = keys.select(['entry_extension.id', 'entry_extension.occurred_at']);
  return page === null ? selected : pageOfRows(selected, page, 'entry_extension');
}

function atPhone(tables: Tables, line: Line, { page, from, to, rest }: Asked) {
  let part = tables
    .selectFrom('entry_extension')
    .innerJoin('crm_comms_log', 'crm_comms_log.id', 'entry_extension.id')
    .select(['entry_extension.id', 'entry_extension.occurred_at'])
    .where('entry_extension.extension', '=', line.extension)
    .where(rest);
  if (line.pbx !== null) part = part.where('crm_comms_log.pbx', '=', line.pbx);
  for (const since of [from, line.from === null ? undefined : toRfc3339(line.from)]) {
    if (since !== undefined) part = part.where('entry_extension.occurred_at', '>=', since);
  }
  for (const until of [to, line.to === null ? undefined : toRfc3339(line.to)]) {
    if (until !== undefined) part = part.where('entry_extension.occurred_at', '<', until);
  }
  return page === null ? part : pageOfRows(part, page, 'entry_extension');
}

function inQueue(tables: Tables, { place, pbx }: Place, { page, from, to, rest }: Asked) {
  let part = tables
    .selectFrom('entry_queue')
    .innerJoin('crm_comms_log', 'crm_comms_log.id', 'entry_queue.id')
    .select(['entry_queue.id', 'entry_queue.occurred_at'])
    .where('entry_queue.queue', '=', place)
    .where(IS_MISSED)
    .where(rest);
  if (pbx !== undefined) part = part.where('crm_comms_log.pbx', '=', pbx);
  if (from !== undefined) part = part.where('entry_queue.occurred_at', '>=', from);
  if (to !== undefined) part = part.where('entry_queue.occurred_at', '<', to);
  return page === null ? part : pageOfRows(part, page, 'entry_queue');
}

function isLogged({ subs }: Some): Condition | null {
  return subs.length === 0 ? null : sql<SqlBool>`logged_by = any(${subs})`;
}

function isAtPhone({ lines }: Some): Condition | null {
  if (lines.length === 0) return null;
  const rows = lines.map(({ extension, pbx, from, to }) => ({
    extension,
    pbx,
    from_at: from === null ? null : toRfc3339(from),
    to_at: to === null ? null : toRfc3339(to),
  }));
  return sql<SqlBool>`exists (
    select from json_to_recordset(${JSON.stringify(rows)}) as line (extension text, pbx text, from_at timestamptz, to_at timestamptz)
    where line.extension = any(crm_comms_log.extensions || crm_comms_log.rang)
      and (line.pbx is null or line.pbx = crm_comms_log.pbx)
      and (line.from_at is null or line.from_at <= crm_comms_log.occurred_at)
      and (line.to_at is null or crm_comms_log.occurred_at < line.to_at))`;
}

const IS_MISSED = sql<SqlBool>`(direction = 'inbound' and outcome <> 'answered')`;

function isMissedInQueue({ queues }: Some): Condition | null {
  if (queues.length === 0) return null;
  return sql<SqlBool>`(${IS_MISSED} and ${isNamed(queues, sql`any(crm_comms_log.queues)`)})`;
}

function isMissedAtNumber({ dids }: Some): Condition | null {
  if (dids.length === 0) return null;
  return sql<SqlBool>`(${IS_MISSED} and ${isNamed(dids, sql`crm_comms_log.did`)})`;
}

function isNamed(places: readonly Place[], place: Expression<unknown>): Condition {
  return sql<SqlBool>`exists (
    select from json_to_recordset(${JSON.stringify(places)}) as named (place text, pbx text)
    where named.place = ${place} and (named.pbx is null or named.pbx = crm_comms_log.pbx))`;
}
