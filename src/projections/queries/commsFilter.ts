import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { CommsFilter } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { containing, digitsOf, mentions } from './search.ts';

type Builder = ExpressionBuilder<VersionTables, 'crm_comms_log'>;

/** The condition that the rows of `filter` meet. */
export function meets(filter: CommsFilter): (eb: Builder) => Expression<SqlBool> {
  return (eb) => {
    const { type, directions = [], outcomes = [], customerId, extension, q, from, to, unassigned, done } = filter;
    const conditions: Expression<SqlBool>[] = [];
    if (type !== undefined) conditions.push(eb('type', '=', type));
    if (directions.length > 0) conditions.push(eb('direction', 'in', directions));
    if (outcomes.length > 0) conditions.push(eb('outcome', 'in', outcomes));
    if (customerId !== undefined) conditions.push(eb('customer_id', '=', customerId));
    if (extension !== undefined) conditions.push(tookPart(extension));
    if (q !== undefined) conditions.push(isAbout(eb, q.trim()));
    if (from !== undefined) conditions.push(eb('occurred_at', '>=', from));
    if (to !== undefined) conditions.push(eb('occurred_at', '<', to));
    if (unassigned === true) conditions.push(isUnassigned(eb));
    if (done !== undefined) conditions.push(eb('done_at', done ? 'is not' : 'is', null));
    return eb.and(conditions);
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
