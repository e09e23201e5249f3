import pg from 'pg';
import type { VersionTables } from '../tables/schema.ts';
import type { Sql } from '../tables/transaction.ts';
import type { VersionInState } from '../tables/versions.ts';
import { changedColumns } from './columns.ts';

/** Two versions, as readers see them before and after a switch. */
export type Compared = { readonly before: VersionInState; readonly after: VersionInState };

export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

export type Reached = {
  /** positions in the log, and how often what was projected was changed: as long as it is the same, so are all rows */
  readonly seen: string;
  /** the version is built, has come as far as the other, and no calls of either wait to be matched again or to be folded */
  readonly caughtUp: boolean;
};

export async function reachedBy(sql: Sql, { before, after }: Compared): Promise<Reached> {
  const [reached] = await sql<{ seen: string; isBehind: boolean; waits: boolean }>(
    `select concat_ws(' ', before.position, before.retries, after.position, after.retries) as seen,
            after.position < before.position as "isBehind",
            exists (select from ${tableOf(before, 'number_rematch')} union all
                    select from ${tableOf(after, 'number_rematch')} union all
                    select from ${tableOf(before, 'fold_waiting')} union all
                    select from ${tableOf(after, 'fold_waiting')}) as waits
     from ${tableOf(before, 'checkpoint')} as before, ${tableOf(after, 'checkpoint')} as after`,
  );
  if (!reached) throw new Error('a read-model version has no checkpoint');
  const { seen, isBehind, waits } = reached;
  return { seen, caughtUp: after.state !== 'building' && !isBehind && !waits };
}

export function tableOf({ schema }: VersionInState, table: keyof VersionTables): string {
  return `${pg.escapeIdentifier(schema)}.${table}`;
}

/**
 * SQL: as `name`, which of the joined rows `before` and `after` differ, how and in what. Only rows whose facts both versions
 * have projected are compared: what merely has not arrived yet is no difference.
 */
export function differing(name: string, { before, after }: Compared, joined: string): string {
  const reached = (version: VersionInState) => `(select position from ${tableOf(version, 'checkpoint')})`;
  return `
    ${name} as (
      select id, kind, fields from (
        select coalesce(before.id, after.id) as id, ${changedColumns()} as fields,
               case when before.id is null then 'added' when after.id is null then 'removed' else 'changed' end as kind
        from ${joined}
        where greatest(before.position, after.position) <= least(${reached(before)}, ${reached(after)})
      ) as compared
      where kind <> 'changed' or fields <> '{}'
    )`;
}
