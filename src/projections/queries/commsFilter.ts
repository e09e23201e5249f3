import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import type { View } from '../../domain/directory/view.ts';
import type { CommsFilter } from '../../ports/readModel.ts';
import { UNASSIGNED } from '../tables/entryKinds.ts';
import type { VersionTables } from '../tables/schema.ts';
import { type PageAsked, pageOfRows } from './commsPages.ts';
import { isSeenRow, seenKeys } from './seen.ts';

type Tables = Kysely<VersionTables>;
export type Builder = ExpressionBuilder<VersionTables, 'crm_comms_log'>;

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
  on('did', (eb, did) => eb('did', '=', did)),
  on('trunk', (eb, trunk) => eb('trunk', '=', trunk)),
  on('durationFrom', (eb, from) => eb('duration_seconds', '>=', from)),
  on('durationTo', (eb, to) => eb('duration_seconds', '<=', to)),
  on('done', (eb, done) => eb('done_at', done ? 'is not' : 'is', null)),
  on('of', (_, of) => isSeenRow(of)),
  on('seenBy', (_, view) => isSeenRow(view)),
];

/** The condition that the rows of `filter` meet, of a page those that it can need; what is searched for is no part of it. */
export function meets(tables: Tables, filter: CommsFilter, page: PageAsked): (eb: Builder) => Expression<SqlBool> {
  if (isOfAll(filter)) return restOf(filter);
  return (eb) => eb('id', 'in', tables.selectFrom(listedKeys(tables, filter, page)).select('listed.id'));
}

/** `listed`: the keys of those rows; null: of all, in any order. */
export function listedKeys(tables: Tables, filter: CommsFilter, page: PageAsked | null) {
  const { from, to } = filter;
  const kept = keptKeys(tables, filter);
  const view = narrowest(filter);
  const rest = restOf(filter);
  const seen = kept === null && view !== null ? seenKeys(tables, view, { page, from, to, rest }) : null;
  if (seen !== null) return seen.as('listed');
  if (kept === null) {
    const rows = tables.selectFrom('crm_comms_log').select(['id', 'occurred_at']).where(rest);
    return (page === null ? rows : pageOfRows(rows, page)).as('listed');
  }
  let parts = tables
    .selectFrom(kept)
    .innerJoin('crm_comms_log', 'crm_comms_log.id', 'kept.id')
    .select(['kept.id', 'kept.occurred_at'])
    .where(filter.extension === undefined ? rest : waitedToo(filter));
  // the same as of the entry, where its table is in the order of the list
  if (from !== undefined) parts = parts.where('kept.occurred_at', '>=', from);
  if (to !== undefined) parts = parts.where('kept.occurred_at', '<', to);
  return (page === null ? parts : pageOfRows(parts, page, 'kept')).as('listed');
}

/** Those that a table beside the rows lists in their order: of an extension, which has fewer, else of a queue; null: none does. */
function keptKeys(tables: Tables, { extension, queue }: CommsFilter) {
  if (extension !== undefined) {
    return tables
      .selectFrom('entry_extension')
      .select(['id', 'occurred_at'])
      .where('extension', '=', extension)
      .as('kept');
  }
  if (queue === undefined) return null;
  return tables.selectFrom('entry_queue').select(['id', 'occurred_at']).where('queue', '=', queue).as('kept');
}

/** What is asked of a row by itself, without a table beside it, but for what is searched for. */
export function allOf(filter: CommsFilter): (eb: Builder) => Expression<SqlBool> {
  const { extension } = filter;
  if (extension === undefined) return waitedToo(filter);
  return (eb) => eb.and([waitedToo(filter)(eb), sql<SqlBool>`${extension} = any(extensions || rang)`]);
}

function waitedToo(filter: CommsFilter): (eb: Builder) => Expression<SqlBool> {
  const { queue } = filter;
  if (queue === undefined) return restOf(filter);
  return (eb) => eb.and([restOf(filter)(eb), sql<SqlBool>`${queue} = any(queues)`]);
}

/** Whether nothing is asked for which there are tables beside the rows. */
function isOfAll(filter: CommsFilter): boolean {
  return filter.extension === undefined && filter.queue === undefined && narrowest(filter) === null;
}

/** Of whose rows the list is made, where it is not of all. */
function narrowest({ of, seenBy }: CommsFilter): Extract<View, { readonly sees: 'some' }> | null {
  if (of?.sees === 'some') return of;
  return seenBy?.sees === 'some' ? seenBy : null;
}

/** Whether a filter asks nothing of a row but its time. */
export function asksOnlyWhen({ from: _, to: __, ...others }: CommsFilter): boolean {
  return Object.values(others).every((asked) => asked === undefined || (Array.isArray(asked) && asked.length === 0));
}

/** What `filter` asks of a row itself: not who took part or waited where, nor what is searched for. */
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
