import type pg from 'pg';
import type { Page } from '../../ports/readModel.ts';
import type { DiffColumn, DiffFilter, DiffItem, DiffKind } from '../../ports/rebuilds.ts';
import { inSnapshot, type Sql } from '../tables/transaction.ts';
import type { VersionInState } from '../tables/versions.ts';
import { BEFORE_ALL, type Compared, differing, tableOf } from './compared.ts';
import { type ComparedRow, diffItem } from './diffItem.ts';

/** Rows of either version among which differing ones are looked for first; where they are too few, among ever more. */
const LOOKED_AT_FIRST = 2_000;
const TIMES_MORE = 4;
/** Then a page ends, however few it has: of millions of rows none may differ, and each may have to come from a slow disk. */
const LOOKED_AT_MOST = 20_000;
const LOOKS_MS = 2_000;

type Differing = { readonly id: string; readonly kind: DiffKind; readonly fields: DiffColumn[] };

/** The ids after one, up to another one; null: all that are left. */
type Stretch = { readonly after: string; readonly until: string | null };

export type DiffPage = {
  /** null: from the beginning */
  readonly after: string | null;
  readonly limit: number;
  /** default: 2,000 */
  readonly lookedAtFirst?: number;
  /** default: 20,000 */
  readonly lookedAtMost?: number;
};

/** The rows that differ, in the order of their ids. A page has fewer than `limit`, or none, where few differ; `next` is null at the end. */
export function diffItems(
  pool: pg.Pool,
  versions: Compared,
  filter: DiffFilter,
  { after, limit, ...lookedAt }: DiffPage,
): Promise<Page<DiffItem, string>> {
  return inSnapshot(pool, async (sql) => {
    const found: Differing[] = [];
    let seen: string | null = null;
    const until = performance.now() + LOOKS_MS;
    for await (const stretch of stretches(sql, versions, after ?? BEFORE_ALL, lookedAt)) {
      const asked = [filter.kind ?? null, filter.field ?? null, limit + 1 - found.length];
      found.push(...(await sql<Differing>(pageOf(versions), [stretch.after, stretch.until, ...asked])));
      seen = stretch.until;
      if (found.length > limit || performance.now() > until) break;
    }
    const items = await itemsOf(sql, versions, found.slice(0, limit));
    return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : seen };
  });
}

/** The ids of both versions after one, in their order; the first stretch is short. */
async function* stretches(
  sql: Sql,
  { before, after }: Compared,
  from: string,
  { lookedAtFirst = LOOKED_AT_FIRST, lookedAtMost = LOOKED_AT_MOST }: Pick<DiffPage, 'lookedAtFirst' | 'lookedAtMost'>,
): AsyncGenerator<Stretch> {
  const nth = (version: VersionInState) =>
    `(select id from ${tableOf(version, 'crm_comms_log')} where id > $1 order by id offset $2::bigint - 1 limit 1)`;
  let at: string | null = from;
  let rows = lookedAtFirst;
  for (let left = lookedAtMost; at !== null && left > 0; left -= rows, rows = Math.min(rows * TIMES_MORE, left)) {
    const ends: { until: string | null }[] = await sql(`select least(${nth(before)}, ${nth(after)}) as until`, [
      at,
      rows,
    ]);
    const until: string | null = ends[0]?.until ?? null;
    yield { after: at, until };
    at = until;
  }
}

/** $1, $2: a stretch; $3, $4: kind and column, null: any. */
function pageOf({ before, after }: Compared): string {
  const rowsOf = (version: VersionInState) =>
    `(select * from ${tableOf(version, 'crm_comms_log')} where id > $1 and ($2::uuid is null or id <= $2))`;
  return `
    with ${differing('differing', { before, after }, `${rowsOf(before)} as before full join ${rowsOf(after)} as after on before.id = after.id`)}
    select id, kind, fields from differing
    where ($3::text is null or kind = $3) and ($4::text is null or $4 = any(fields))
    order by id limit $5`;
}

async function itemsOf(sql: Sql, versions: Compared, found: readonly Differing[]): Promise<DiffItem[]> {
  const rowsOf = async (version: VersionInState) => {
    const rows = await sql<ComparedRow>(
      `select call.*, customer.name as customer_name from ${tableOf(version, 'crm_comms_log')} as call
       left join ${tableOf(version, 'customer')} as customer on customer.id = call.customer_id
       where call.id = any($1)`,
      [found.map(({ id }) => id)],
    );
    return new Map(rows.map((row) => [row.id, row]));
  };
  const [before, after] = [await rowsOf(versions.before), await rowsOf(versions.after)];
  return found.map(({ id, fields }) => diffItem(before.get(id), after.get(id), fields)).filter((item) => item !== null);
}
