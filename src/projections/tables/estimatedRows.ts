import { type RawBuilder, sql } from 'kysely';

/**
 * How many entries a version has, by PostgreSQL's statistics: counting a million takes part of a second. The running
 * figure knows what came since the last analyze, but a crash of PostgreSQL loses it.
 */
export function estimatedRows(schema: string): RawBuilder<bigint> {
  return sql`(
    select greatest(reltuples, pg_stat_get_live_tuples(oid))::bigint
    from pg_class where oid = to_regclass(${`${schema}.crm_comms_log`}))`;
}
