import pg from 'pg';
import type { Page } from '../../ports/readModel.ts';
import type { Diff, DiffFilter, DiffItem, DiffKind, DiffSummary } from '../../ports/rebuilds.ts';
import { earlier } from '../tables/positions.ts';
import type { VersionTables } from '../tables/schema.ts';
import { inSnapshot, type Sql } from '../tables/transaction.ts';
import type { VersionInState } from '../tables/versions.ts';
import { changedColumns, type DiffColumn } from './columns.ts';
import { type ComparedRow, diffItem } from './diffItem.ts';

/** Rows of either version among which differing ones are looked for first; where they are too few, among ever more. */
const LOOKED_AT_FIRST = 2_000;
const TIMES_MORE = 4;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

type Differing = { readonly id: string; readonly kind: DiffKind; readonly fields: DiffColumn[] };

export type Compared = { readonly before: VersionInState; readonly after: VersionInState };

/** The ids after one, up to another one; null: all that are left. */
type Stretch = { readonly after: string; readonly until: string | null };

export type DiffPage = {
  /** null: from the beginning */
  readonly after: string | null;
  readonly limit: number;
  /** default: 2,000 */
  readonly lookedAtFirst?: number;
};

/**
 * How much readers would see otherwise with `after` instead of `before`, as of one moment. Only rows whose facts both
 * have projected are compared: what merely has not arrived yet is no difference.
 */
export function diffVersions(pool: pg.Pool, versions: Compared): Promise<Diff> {
  const { before, after } = versions;
  return inSnapshot(pool, async (sql) => {
    const reached = await positionsOf(sql, versions);
    const rows = await sql<{ name: string; is_field: boolean; n: bigint }>(`${differingRows(versions)} ${SUMMARY}`, [
      earlier(reached.before, reached.after),
      BEFORE_ALL,
      null,
    ]);
    const complete = after.state !== 'building' && reached.after >= reached.before && !reached.waits;
    return { against: before.version, complete, ...summaryOf(rows) };
  });
}

/** The rows that differ, in the order of their ids. A page of them costs what lies between, not all that is left. */
export function diffItems(
  pool: pg.Pool,
  versions: Compared,
  filter: DiffFilter,
  { after, limit, lookedAtFirst = LOOKED_AT_FIRST }: DiffPage,
): Promise<Page<DiffItem, string>> {
  return inSnapshot(pool, async (sql) => {
    const reached = await positionsOf(sql, versions);
    const upTo = earlier(reached.before, reached.after);
    const found: Differing[] = [];
    for await (const stretch of stretches(sql, versions, after ?? BEFORE_ALL, lookedAtFirst)) {
      const asked = [filter.kind ?? null, filter.field ?? null, limit + 1 - found.length];
      const values = [upTo, stretch.after, stretch.until, ...asked];
      found.push(...(await sql<Differing>(`${differingRows(versions)} ${PAGE}`, values)));
      if (found.length > limit) break;
    }
    const items = await itemsOf(sql, versions, found.slice(0, limit));
    return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  });
}

type Reached = {
  readonly before: bigint;
  readonly after: bigint;
  /** calls of one of them wait, to be matched again or to be folded */
  readonly waits: boolean;
};

async function positionsOf(sql: Sql, { before, after }: Compared): Promise<Reached> {
  const [reached] = await sql<Reached>(
    `select (select position from ${tableOf(before, 'checkpoint')}) as before,
            (select position from ${tableOf(after, 'checkpoint')}) as after,
            exists (select from ${tableOf(before, 'number_rematch')} union all
                    select from ${tableOf(after, 'number_rematch')} union all
                    select from ${tableOf(before, 'fold_waiting')} union all
                    select from ${tableOf(after, 'fold_waiting')}) as waits`,
  );
  if (!reached) throw new Error('a read-model version has no checkpoint');
  return reached;
}

function tableOf({ schema }: VersionInState, table: keyof VersionTables): string {
  return `${pg.escapeIdentifier(schema)}.${table}`;
}

/** The ids of both versions after one, in their order; the first stretch is short, and the last is as long as it takes. */
async function* stretches(
  sql: Sql,
  { before, after }: Compared,
  from: string,
  lookedAtFirst: number,
): AsyncGenerator<Stretch> {
  const nth = (version: VersionInState) =>
    `(select id from ${tableOf(version, 'crm_comms_log')} where id > $1 order by id offset $2::bigint - 1 limit 1)`;
  let at: string | null = from;
  for (let rows = lookedAtFirst; at !== null; rows *= TIMES_MORE) {
    const ends: { until: string | null }[] = await sql(`select least(${nth(before)}, ${nth(after)}) as until`, [
      at,
      rows,
    ]);
    const until: string | null = ends[0]?.until ?? null;
    yield { after: at, until };
    at = until;
  }
}

/** $1: the position that both have reached; $2, $3: a stretch. */
function differingRows({ before, after }: Compared): string {
  const rowsOf = (version: VersionInState) =>
    `(select * from ${tableOf(version, 'crm_comms_log')} where id > $2 and ($3::uuid is null or id <= $3))`;
  return `
    with differing as (
      select id, kind, fields from (
        select id, ${changedColumns()} as fields,
               case when before.id is null then 'added' when after.id is null then 'removed' else 'changed' end as kind
        from ${rowsOf(before)} as before full join ${rowsOf(after)} as after using (id)
        where greatest(before.position, after.position) <= $1
      ) as compared
      where kind <> 'changed' or fields <> '{}'
    )`;
}

const SUMMARY = `
  select kind as name, false as is_field, count(*) as n from differing group by kind
  union all
  select field, true, count(*) from differing, unnest(fields) as field group by field
  order by n desc, name`;

const PAGE = `
  select id, kind, fields from differing
  where ($4::text is null or kind = $4) and ($5::text is null or $5 = any(fields))
  order by id limit $6`;

function summaryOf(rows: { name: string; is_field: boolean; n: bigint }[]): DiffSummary {
  const count = (kind: DiffKind) => Number(rows.find(({ name, is_field }) => !is_field && name === kind)?.n ?? 0n);
  const byField = rows.filter(({ is_field }) => is_field).map(({ name, n }): [string, number] => [name, Number(n)]);
  return {
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    byField: Object.fromEntries(byField),
  };
}

async function itemsOf(sql: Sql, versions: Compared, differing: readonly Differing[]): Promise<DiffItem[]> {
  const rowsOf = async (version: VersionInState) => {
    const rows = await sql<ComparedRow>(
      `select call.*, customer.name as customer_name from ${tableOf(version, 'crm_comms_log')} as call
       left join ${tableOf(version, 'customer')} as customer on customer.id = call.customer_id
       where call.id = any($1)`,
      [differing.map(({ id }) => id)],
    );
    return new Map(rows.map((row) => [row.id, row]));
  };
  const [before, after] = [await rowsOf(versions.before), await rowsOf(versions.after)];
  return differing
    .map(({ id, fields }) => diffItem(before.get(id), after.get(id), fields))
    .filter((item) => item !== null);
}
