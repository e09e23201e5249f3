import type pg from 'pg';
import { z } from 'zod';

const columnSchema = z.object({ type: z.string(), notNull: z.boolean(), hasDefault: z.boolean() });
const tableSchema = z.object({ columns: z.record(z.string(), columnSchema), keys: z.array(z.string()) });

/** By schema and table: the columns, and what rows are found by. */
export const databaseSchema = z.record(z.string(), tableSchema);
export type Database = z.infer<typeof databaseSchema>;

export async function schemaOf(pool: pg.Pool, schemas: readonly string[]): Promise<Database> {
  const { rows } = await pool.query(
    `select nspname || '.' || relname as table,
       (select json_object_agg(attname, json_build_object('type', format_type(atttypid, atttypmod), 'notNull', attnotnull,
                                                          'hasDefault', atthasdef) order by attname)
        from pg_attribute where attrelid = pg_class.oid and attnum > 0 and not attisdropped) as columns,
       coalesce((select json_agg(pg_get_constraintdef(oid) order by 1) from pg_constraint
                 where conrelid = pg_class.oid and contype in ('p', 'u')), '[]') as keys
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind = 'r' and nspname = any($1) and relname not like 'kysely%' order by 1`,
    [schemas],
  );
  return databaseSchema.parse(Object.fromEntries(rows.map(({ table, ...rest }) => [table, rest])));
}

/**
 * What a program that knows the schema `before` cannot work with in the schema `now`. Rows of a version are written whole,
 * with null where it knows no value.
 */
export function whatBreaks(before: Database, now: Database): readonly string[] {
  return Object.entries(before).flatMap(([table, { columns, keys }]) => {
    const found = now[table];
    if (found === undefined) return [`${table} is gone`];
    const old = Object.entries(columns).flatMap(([name, column]) => {
      const is = found.columns[name];
      if (is === undefined) return [`${table}.${name} is gone`];
      if (is.type !== column.type) return [`${table}.${name} is ${is.type}, was ${column.type}`];
      return is.notNull && !column.notNull ? [`${table}.${name} must not be null any more`] : [];
    });
    const added = Object.entries(found.columns).flatMap(([name, { notNull, hasDefault }]) => {
      const isWritten = notNull && (table.startsWith('read_v') || !hasDefault);
      return columns[name] === undefined && isWritten ? [`${table}.${name} is new and must not be null`] : [];
    });
    const lost = keys.filter((key) => !found.keys.includes(key)).map((key) => `${table} has no ${key} any more`);
    return [...old, ...added, ...lost];
  });
}
