import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { CommsFilter } from '../../ports/readModel.ts';
import { UNASSIGNED } from '../tables/entryKinds.ts';
import type { VersionTables } from '../tables/schema.ts';
import { type PageAsked, pageOfRows } from './commsPages.ts';
import { containing, digitsOf, hasNote, mentions } from './search.ts';

type Builder = ExpressionBuilder<VersionTables, 'crm_comms_log'>;

type Condition = Expression<SqlBool> | null;

/** What each field of a filter asks of a row, but for what has tables of its own; null: nothing. */
const CONDITIONS = [
  on('type', (eb, type) => eb('type', '=', type)),
  on('directions', (eb, directions) => (directions.length === 0 ? null : eb('direction', 'in', directions))),
  on('outcomes', (eb, outcomes) => (outcomes.length === 0 ? null : eb('outcome', 'in', outcomes))),
  on('customerId', (eb, id) => eb('customer_id', '=', id)),
  on('from', (eb, from) => eb('crm_comms_log.occurred_at', '>=', from)),
  on('to', (eb, to) => eb('crm_comms_log.occurred_at', '<', to)),
  on('unassigned', (_, unassigned) => (unassigned ? sql<SqlBool>`(${sql.raw(UNASSIGNED)})` : null)),
  on('handledByMachine', (eb, isSo) => eb('handled_by_machine', isSo ? 'is' : 'is not', true)),
  on('done', (eb, done) => eb('done_at', done ? 'is not' : 'is', null)),
];

/**
 * The condition that the rows of `filter` meet. What is searched for stands in a number, a name, a customer's name or a note:
 * each is looked for by its own index, since an `or` of them all would read every row, and for a `page` no further than that.
 */
export function meets(filter: CommsFilter, page: PageAsked | null = null): (eb: Builder) => Expression<SqlBool> {
  const { extension, from, to } = filter;
  const q = filter.q?.trim();
  const rest = restOf(filter);
  if (q === undefined && extension === undefined) return rest;
  return (eb) => {
    const parts = partsOf(eb, { extension, from, to });
    if (q === undefined) {
      const rows = parts.innerJoin('crm_comms_log', 'crm_comms_log.id', 'entry_extension.id').where(rest);
      return eb(
        'id',
        'in',
        paged(eb, rows.select(['entry_extension.id', 'entry_extension.occurred_at']), page, 'entry_extension'),
      );
    }
    // few entries have notes: `offset` keeps PostgreSQL from reading every one instead, the newest first
    const noted = eb.selectFrom('crm_comms_log').select('id').where(hasNote('notes', q)).offset(0);
    const kinds = kindsOfMatch(eb, q, eb('id', 'in', noted)).map((kind) => {
      const rows = eb.selectFrom('crm_comms_log').select(['id', 'occurred_at']).where(rest).where(kind);
      return paged(
        eb,
        extension === undefined ? rows : rows.where('id', 'in', parts.select('entry_extension.id')),
        page,
      );
    });
    return eb(
      'id',
      'in',
      kinds.reduce((all, kind) => all.union(kind)),
    );
  };
}

/** Entries among which somebody looks one by one for what is said often. */
const NEWEST = 2_000;

/** The condition that those rows of `filter` meet which are found among the newest after the page's begin. */
export function meetsLately(filter: CommsFilter, { after }: PageAsked): (eb: Builder) => Expression<SqlBool> {
  const { extension, from, to, q = '' } = filter;
  return (eb) => {
    const rows = eb.selectFrom('crm_comms_log').selectAll('crm_comms_log').where(restOf(filter));
    const parts = partsOf(eb, { extension, from, to }).select('entry_extension.id');
    const newest = pageOfRows(extension === undefined ? rows : rows.where('id', 'in', parts), { after, limit: NEWEST });
    const found = eb
      .selectFrom(newest.as('recent'))
      .select('recent.id')
      .where((of) => of.or(kindsOfMatch(eb, q.trim(), hasNote('notes', q.trim()))));
    return eb('id', 'in', found);
  };
}

function restOf(filter: CommsFilter): (eb: Builder) => Expression<SqlBool> {
  return (eb) => eb.and(CONDITIONS.map((of) => of(eb, filter)).filter((condition) => condition !== null));
}

function on<F extends keyof CommsFilter>(
  field: F,
  condition: (eb: Builder, value: Required<CommsFilter>[F]) => Condition,
) {
  return (eb: Builder, filter: CommsFilter): Condition => {
    const value: Partial<Required<CommsFilter>>[F] = filter[field];
    return value === undefined ? null : condition(eb, value);
  };
}

/** Who took part in what, in the order of the list. */
function partsOf(eb: Builder, { extension, from, to }: Pick<CommsFilter, 'extension' | 'from' | 'to'>) {
  let parts = eb.selectFrom('entry_extension').where('entry_extension.extension', '=', extension ?? '');
  if (from !== undefined) parts = parts.where('entry_extension.occurred_at', '>=', from);
  if (to !== undefined) parts = parts.where('entry_extension.occurred_at', '<', to);
  return parts;
}

/** The ids of the rows, of a page those that it can need. */
function paged<TB extends keyof VersionTables>(
  eb: Builder,
  rows: SelectQueryBuilder<VersionTables, TB, { id: string; occurred_at: string }>,
  page: PageAsked | null,
  by?: string,
) {
  return eb.selectFrom((page === null ? rows : pageOfRows(rows, page, by)).as('found')).select('found.id');
}

function kindsOfMatch(eb: Builder, q: string, noted: Expression<SqlBool>): Expression<SqlBool>[] {
  const customers = eb.selectFrom('customer').select('id').where(mentions('name', q));
  const kinds = [
    mentions('external_number_raw', q),
    mentions('external_name', q),
    eb('customer_id', 'in', customers),
    noted,
  ];
  const digits = digitsOf(q);
  if (digits !== null) {
    kinds.push(eb('external_number', 'like', containing(digits)));
    kinds.push(mentions('external_number_raw', digits));
  }
  return kinds;
}
