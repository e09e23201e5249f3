import type { DiffKind, DiffSummary } from '../../ports/rebuilds.ts';
import type { Sql } from '../tables/transaction.ts';
import type { VersionInState } from '../tables/versions.ts';
import { BEFORE_ALL, type Compared, differing, tableOf } from './compared.ts';

const BEHIND_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Where a count has come to. Rows are gone through as they began, not by their ids: so they lie in the tables, and one much larger
 * than the memory is read once, not a page of it for each row.
 */
export type Place = { readonly occurred_at: string; readonly id: string };

export type CountedStretch = {
  /** its end; null: that of all rows */
  readonly end: Place | null;
  /** of both versions */
  readonly rows: number;
  readonly differing: DiffSummary;
};

/** Counts what differs among the next `most` rows of either version, behind `from`; null: from the beginning. */
export async function countStretch(
  sql: Sql,
  versions: Compared,
  { from, most }: { readonly from: Place | null; readonly most: number },
): Promise<CountedStretch> {
  const begin = [from?.occurred_at ?? '-infinity', from?.id ?? BEFORE_ALL];
  const [end = null] = await sql<Place>(endOf(versions), [...begin, most]);
  const until = [end?.occurred_at ?? 'infinity', end?.id ?? BEHIND_ALL];
  const found = await sql<Counted>(summaryIn(versions), [...begin, ...until]);
  return { end, ...summaryOf(found) };
}

/** $1, $2: a place; $3: rows. */
function endOf({ before, after }: Compared): string {
  const nth = (version: VersionInState) => `
    (select occurred_at, id from ${tableOf(version, 'crm_comms_log')} where (occurred_at, id) > ($1, $2)
     order by occurred_at, id offset $3::bigint - 1 limit 1)`;
  return `${nth(before)} union all ${nth(after)} order by occurred_at, id limit 1`;
}

/** How many rows differ so, or in this column; both null: how many were compared. */
type Counted = { readonly kind: DiffKind | null; readonly field: string | null; readonly n: bigint };

/**
 * $1 to $4: from one place to another. A row that is alone there may have begun at another time in the other version: it is
 * looked up, and counted where the one of `before` is.
 */
function summaryIn({ before, after }: Compared): string {
  // by the times alone PostgreSQL sees how few they are, and takes the index
  const rowsOf = (version: VersionInState) => `
    (select * from ${tableOf(version, 'crm_comms_log')}
     where occurred_at between $1 and $3 and (occurred_at, id) > ($1, $2) and (occurred_at, id) <= ($3, $4))`;
  const sameIn = (version: VersionInState, id: string) =>
    `lateral (select * from ${tableOf(version, 'crm_comms_log')} where id = ${id} limit 1)`;
  return `
    with
    ${differing('there', { before, after }, `${rowsOf(before)} as before full join ${rowsOf(after)} as after on before.id = after.id`)},
    ${differing(
      'elsewhere',
      { before, after },
      `there as alone
       join ${sameIn(before, 'alone.id')} as before on alone.kind = 'removed'
       left join ${sameIn(after, 'before.id')} as after on true`,
    )},
    differing as (
      select kind, fields from there where kind = 'changed'
      union all
      select kind, fields from elsewhere
      union all
      select there.kind, there.fields from there
      left join ${sameIn(before, 'there.id')} as before on true
      where there.kind = 'added' and before.id is null)
    select kind, null as field, count(*) as n from differing group by kind
    union all
    select null, field, count(*) from differing, unnest(fields) as field group by field
    union all
    select null, null, (select count(*) from ${rowsOf(before)} as row) + (select count(*) from ${rowsOf(after)} as row)`;
}

function summaryOf(found: readonly Counted[]): Pick<CountedStretch, 'rows' | 'differing'> {
  const count = (kind: DiffKind | null) =>
    Number(found.find((one) => one.kind === kind && one.field === null)?.n ?? 0n);
  const byField = found.flatMap(({ field, n }) => (field === null ? [] : [[field, Number(n)] as const]));
  return {
    rows: count(null),
    differing: {
      added: count('added'),
      removed: count('removed'),
      changed: count('changed'),
      byField: Object.fromEntries(byField),
    },
  };
}
