import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import { type CallBackSaid, NOTHING_PLANNED } from '../../domain/acts/callBack.ts';
import type { View } from '../../domain/directory/view.ts';
import type { CallBack, CallBackEntry, CallBackFilter, CallBackKey, CallBackScope } from '../../ports/callBacks.ts';
import type { Page } from '../../ports/readModel.ts';
import { MOST_TRIES } from '../tables/callBack.ts';
import { ATTEMPT, CALLER, MISSED } from '../tables/entryKinds.ts';
import type { VersionTables } from '../tables/schema.ts';
import { isSeenRow } from './seen.ts';

type Tables = Kysely<VersionTables>;

const MOST_ATTEMPTS = 100;
/** Of the latest missed entries of a caller, to find what people have said of one. */
const MOST_ASKED = 200;

/** A page of callers; `after` is what the last page ended with. */
export async function listCallBacks(
  tables: Tables,
  filter: CallBackFilter,
  after: CallBackKey | null,
  limit: number,
): Promise<Page<CallBack, CallBackKey>> {
  const rows = await wholeOf(tables, pageOf(tables, filter, after, limit), filter).execute();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last !== undefined ? keyOf(last, filter) : null;
  return { items: items.map(callBackOf), next };
}

/** The caller of an entry that was missed, as it waits or did; null: there is none. */
export async function getCallBack(tables: Tables, id: string, scope: CallBackScope): Promise<CallBack | null> {
  const aliased = tables.selectFrom('call_alias').select('current_id').where('id', '=', id);
  const caller = tables
    .selectFrom('crm_comms_log')
    .select(sql<string>`${sql.raw(CALLER)}`.as('caller'))
    .where((eb) => eb.or([eb('id', '=', id), eb('id', 'in', aliased)]));
  const kept = tables.selectFrom('call_back as line').selectAll('line').where('line.caller', 'in', caller);
  const row = await wholeOf(tables, kept, scope).executeTakeFirst();
  // nothing of what they wait for is seen, or belongs to the list
  const isElsewhere = row !== undefined && row.tries > 0 && row.open_tries === 0;
  return row === undefined || isElsewhere ? null : callBackOf(row);
}

/** The missed entries of a caller that wait, a thousand at most. */
export async function openMissesOf(tables: Tables, id: string, scope: CallBackScope): Promise<readonly string[]> {
  const caller = tables
    .selectFrom('crm_comms_log')
    .select(sql<string>`${sql.raw(CALLER)}`.as('caller'))
    .where('id', '=', id);
  const kept = await tables
    .selectFrom('call_back')
    .select(['caller', 'contact_at'])
    .where('caller', 'in', caller)
    .execute();
  const [one] = kept;
  if (one === undefined) return [];
  const rows = await misses(tables, sql`${one.caller}`, sql`${one.contact_at}::timestamptz`, scope)
    .select('crm_comms_log.id')
    .limit(MOST_TRIES)
    .execute();
  return rows.map((row) => row.id);
}

export const isMissed = sql<SqlBool>`${sql.raw(MISSED)}`;

/** Those of a caller that wait: since the last contact and the begin of the list, and seen. */
function misses(
  tables: Tables,
  caller: Expression<unknown>,
  contactAt: Expression<unknown>,
  { since, seenBy }: CallBackScope,
) {
  const seen = seenBy === undefined ? null : isSeenRow(seenBy);
  const open = tables
    .selectFrom('crm_comms_log')
    .where(sql<SqlBool>`(${sql.raw(CALLER)}) = ${caller}`)
    .where(isMissed)
    .where(sql<SqlBool>`(done_at is null) = true`)
    .where(sql<SqlBool>`crm_comms_log.occurred_at > coalesce(${contactAt}, '-infinity')`)
    .where('crm_comms_log.occurred_at', '>=', since);
  return seen === null ? open : open.where(seen);
}

const CALLER_OF_LINE = sql.ref('line.caller');
const CONTACT_OF_LINE = sql.ref('line.contact_at');

export function openOnes(tables: Tables, scope: CallBackScope) {
  const open = tables.selectFrom('call_back as line').where('tries', '>', 0).where('last_at', '>=', scope.since);
  if (seesAll(scope.seenBy)) return open;
  return open.where((eb) =>
    eb.exists(misses(tables, CALLER_OF_LINE, CONTACT_OF_LINE, scope).select('crm_comms_log.id')),
  );
}

function closedOnes(tables: Tables, { since, seenBy }: CallBackScope) {
  const closed = tables
    .selectFrom('call_back as line')
    .where('tries', '=', 0)
    .where('missed_at', '>=', since)
    .where('closed_at', 'is not', null);
  const seen = seenBy === undefined ? null : isSeenRow(seenBy);
  if (seen === null) return closed;
  return closed.where((eb) =>
    eb.exists(
      eb
        .selectFrom('crm_comms_log')
        .select('crm_comms_log.id')
        .whereRef('crm_comms_log.id', '=', 'line.missed_id')
        .where(seen),
    ),
  );
}

export function isTakenBy(tables: Tables, sub: string): Expression<SqlBool> {
  const taken = tables
    .selectFrom('call_back_said as said')
    .leftJoin('call_alias', 'call_alias.id', 'said.id')
    .innerJoin('crm_comms_log', (join) =>
      join.on('crm_comms_log.id', '=', sql<string>`coalesce(call_alias.current_id, said.id)`),
    )
    .where('said.taken_by', '=', sub)
    .select(sql<string>`${sql.raw(CALLER)}`.as('caller'));
  return sql<SqlBool>`line.caller in ${taken}`;
}

function pageOf(tables: Tables, filter: CallBackFilter, after: CallBackKey | null, limit: number) {
  const { state, sort, takenBy } = filter;
  let page = (state === 'open' ? openOnes(tables, filter) : closedOnes(tables, filter)).selectAll('line');
  if (takenBy !== undefined) page = page.where(isTakenBy(tables, takenBy));
  if (after !== null) page = page.where(isBehind(filter, after));
  const ordered =
    state === 'closed'
      ? page.orderBy('closed_at', 'desc').orderBy('missed_id', 'desc')
      : sort === 'latest'
        ? page.orderBy('last_at', 'desc').orderBy('missed_id', 'desc')
        : sort === 'tries'
          ? page.orderBy('tries', 'desc').orderBy('first_at').orderBy('missed_id')
          : page.orderBy('first_at').orderBy('missed_id');
  return ordered.limit(limit + 1);
}

function isBehind({ state, sort }: CallBackFilter, { at, id, tries }: CallBackKey): Expression<SqlBool> {
  if (state === 'closed') return sql<SqlBool>`(closed_at, missed_id) < (${at}::timestamptz, ${id}::uuid)`;
  if (sort === 'latest') return sql<SqlBool>`(last_at, missed_id) < (${at}::timestamptz, ${id}::uuid)`;
  const waiting = sql<SqlBool>`(first_at, missed_id) > (${at}::timestamptz, ${id}::uuid)`;
  return sort === 'waiting' ? waiting : sql<SqlBool>`(tries < ${tries} or (tries = ${tries} and ${waiting}))`;
}

type Said = { readonly id: string; readonly said: CallBackSaid };
type Row = Awaited<ReturnType<ReturnType<typeof wholeOf>['execute']>>[number];

/** The lines with what they show. */
function wholeOf(tables: Tables, lines: ReturnType<typeof pageOf>, scope: CallBackScope) {
  const open = misses(tables, CALLER_OF_LINE, CONTACT_OF_LINE, scope)
    .select(['crm_comms_log.occurred_at'])
    .limit(MOST_TRIES);
  // the last of what is seen, which need not be the last of all
  const latest = misses(tables, CALLER_OF_LINE, CONTACT_OF_LINE, scope)
    .select('crm_comms_log.id')
    .orderBy('crm_comms_log.occurred_at', 'desc')
    .orderBy('crm_comms_log.id', 'desc')
    .limit(1);
  const entry = (id: string, as: string) =>
    tables
      .selectFrom('crm_comms_log as entry')
      .where('entry.id', '=', sql<string>`${sql.ref(id)}`)
      .select(
        sql<CallBackEntry>`json_build_object('id', entry.id, 'occurred_at', to_char(entry.occurred_at at time zone 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'direction', entry.direction, 'outcome', entry.outcome, 'source', entry.source)`.as(
          'entry',
        ),
      )
      .as(as);
  const seen = scope.seenBy === undefined ? null : isSeenRow(scope.seenBy);
  const contact = tables
    .selectFrom('crm_comms_log')
    .select('crm_comms_log.id')
    .where('crm_comms_log.id', '=', sql<string>`${sql.ref('line.contact_id')}`)
    .where(seen ?? sql<SqlBool>`true`);
  const attempts = tables
    .selectFrom('crm_comms_log')
    .select('crm_comms_log.id')
    .where(sql<SqlBool>`(${sql.raw(CALLER)}) = ${CALLER_OF_LINE}`)
    .where(sql<SqlBool>`${sql.raw(ATTEMPT)}`)
    .where(sql<SqlBool>`crm_comms_log.occurred_at >= coalesce(line.first_at, line.missed_at)`)
    .limit(MOST_ATTEMPTS);
  // what was said of any missed entry of theirs since the last contact holds for all
  const theirs = tables
    .selectFrom('crm_comms_log')
    .select('crm_comms_log.id')
    .where(sql<SqlBool>`(${sql.raw(CALLER)}) = ${CALLER_OF_LINE}`)
    .where(isMissed)
    .where(sql<SqlBool>`(crm_comms_log.occurred_at > coalesce(${CONTACT_OF_LINE}, '-infinity') or line.tries = 0)`)
    .orderBy('crm_comms_log.occurred_at', 'desc')
    .limit(MOST_ASKED);
  const said = tables
    .selectFrom(theirs.as('miss'))
    .leftJoin('call_alias', 'call_alias.current_id', 'miss.id')
    .innerJoin('call_back_said as said', (join) =>
      join.on((eb) => eb.or([eb('said.id', '=', eb.ref('miss.id')), eb('said.id', '=', eb.ref('call_alias.id'))])),
    )
    .select(sql<Said>`json_build_object('id', said.id, 'said', said.said)`.as('said'))
    .orderBy('said.position', 'desc')
    .limit(1);
  return tables
    .selectFrom(lines.as('line'))
    .innerJoin('crm_comms_log as missed', (join) =>
      join.on('missed.id', '=', sql<string>`coalesce(${latest}, ${sql.ref('line.missed_id')})`),
    )
    .leftJoin('customer', 'customer.id', 'missed.customer_id')
    .selectAll('line')
    .select([
      'missed.customer_id',
      'customer.name as customer_name',
      'missed.external_number',
      'missed.external_number_raw',
      'missed.external_name',
      'missed.pbx',
      'missed.did',
      'missed.queues',
    ])
    .select((eb) => [
      eb.selectFrom(open.as('open')).select(sql<number>`count(*)::int`.as('n')).as('open_tries'),
      eb.selectFrom(open.as('open')).select(sql<string | null>`min(occurred_at)`.as('at')).as('open_since'),
      eb.selectFrom(attempts.as('tried')).select(sql<number>`count(*)::int`.as('n')).as('attempts'),
      entry('missed.id', 'last'),
      entry('line.contact_id', 'contact'),
      eb.exists(contact).as('sees_contact'),
      said.as('said'),
    ]);
}

function keyOf(row: Row, { state, sort }: CallBackFilter): CallBackKey {
  const at = state === 'closed' ? row.closed_at : sort === 'latest' ? row.last_at : row.first_at;
  return { at: at ?? row.missed_at, id: row.missed_id, tries: row.tries };
}

function callBackOf(row: Row): CallBack {
  const { customer_id: id, customer_name: name, said, last } = row;
  const isOpen = row.tries > 0;
  return {
    id: said?.id ?? row.first_id ?? row.missed_id,
    customer: id === null || name === null ? null : { id, name },
    external_number: row.external_number,
    external_number_raw: row.external_number_raw,
    external_name: row.external_name,
    pbx: row.pbx,
    did: row.did,
    queues: row.queues,
    tries: row.open_tries ?? 0,
    first_at: row.open_since,
    last: last ?? missing(),
    attempts: row.attempts ?? 0,
    said: said?.said ?? NOTHING_PLANNED,
    closed: isOpen || row.closed_at === null ? null : { at: row.closed_at, ...closing(row) },
  };
}

function closing({ contact_at, missed_at, contact, sees_contact }: Row) {
  const isByContact = contact_at !== null && contact_at > missed_at;
  if (!contact || !isByContact) return { why: 'done' as const, entry: null };
  return {
    why: contact.source === 'manual' ? ('logged' as const) : ('answered' as const),
    entry: sees_contact ? contact : null,
  };
}

function missing(): never {
  throw new Error('a caller has no missed entry');
}

function seesAll(view: View | undefined): boolean {
  return view === undefined || view.sees === 'all';
}
