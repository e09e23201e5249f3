import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { CommsFilter } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { containing, digitsOf, mentions } from './search.ts';

type Builder = ExpressionBuilder<VersionTables, 'crm_comms_log'>;

type Condition = Expression<SqlBool> | null;

/** What each field of a filter asks of a row; null: nothing. */
const CONDITIONS = [
  on('type', (eb, type) => eb('type', '=', type)),
  on('directions', (eb, directions) => (directions.length === 0 ? null : eb('direction', 'in', directions))),
  on('outcomes', (eb, outcomes) => (outcomes.length === 0 ? null : eb('outcome', 'in', outcomes))),
  on('customerId', (eb, id) => eb('customer_id', '=', id)),
  on('extension', (_, extension) => tookPart(extension)),
  on('q', (eb, q) => isAbout(eb, q.trim())),
  on('from', (eb, from) => eb('occurred_at', '>=', from)),
  on('to', (eb, to) => eb('occurred_at', '<', to)),
  on('unassigned', (eb, unassigned) => (unassigned ? isUnassigned(eb) : null)),
  on('handledByMachine', (eb, isSo) => eb('handled_by_machine', isSo ? 'is' : 'is not', true)),
  on('done', (eb, done) => eb('done_at', done ? 'is not' : 'is', null)),
];

/** The condition that the rows of `filter` meet. */
export function meets(filter: CommsFilter): (eb: Builder) => Expression<SqlBool> {
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

/**
 * An outside party that has shown a number and belongs to nobody: not one that withheld it, nor a number of our own, nor
 * one of whom a person said that it is nobody's.
 */
export function isUnassigned(eb: Builder): Expression<SqlBool> {
  return eb.and([
    eb('customer_id', 'is', null),
    sql<SqlBool>`match ->> 'status' in ('unmatched', 'ambiguous') and match ->> 'rule' is distinct from 'person'`,
  ]);
}

/** What `missed_open` counts. */
export function waitsForCallBack(eb: Builder): Expression<SqlBool> {
  return eb.and([eb('direction', '=', 'inbound'), eb('outcome', '<>', 'answered'), eb('done_at', 'is', null)]);
}

function tookPart(extension: string): Expression<SqlBool> {
  return sql<SqlBool>`(extensions || rang) @> array[${extension}]`;
}

function isAbout(eb: Builder, q: string): Expression<SqlBool> {
  const customers = eb
    .selectFrom('customer')
    .select('id')
    .where((of) => mentions(of.ref('name'), q));
  const conditions = [
    eb('external_number_raw', 'like', containing(q)),
    mentions(eb.ref('external_name'), q),
    eb('customer_id', 'in', customers),
    hasNote(q),
  ];
  const digits = digitsOf(q);
  if (digits !== null) {
    conditions.push(eb('external_number', 'like', containing(digits)));
    conditions.push(eb('external_number_raw', 'like', containing(digits)));
  }
  return eb.or(conditions);
}

/** Most entries have no note: they are passed over without a look into the JSON. */
function hasNote(q: string): Expression<SqlBool> {
  return sql<SqlBool>`(notes::text <> '[]'
    and exists (select from json_array_elements(notes) as note where ${mentions(sql<string>`note ->> 'text'`, q)}))`;
}
