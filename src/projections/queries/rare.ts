/**
 * Finding what is rare by its index. What is frequent is found sooner by going through everything in the order of the list, until
 * a page is full: either is slow for the other, and PostgreSQL guesses wrongly how often a text stands.
 */
import { type Expression, type Kysely, sql } from 'kysely';
import type { VersionTables } from '../tables/schema.ts';

type Tables = Kysely<VersionTables>;

/** What is found more often is frequent. */
export const MOST_RARE = 20_000;

export type Rare = {
  /** from each index no more than one above `most` */
  readonly candidates: Expression<unknown>;
  /** selects ids, and by what they are ordered, from `candidate` */
  readonly page: Expression<unknown>;
  readonly order: Expression<unknown>;
  /** what is found more often is frequent */
  readonly most: number;
};

/** The ids of the page; null: what is looked for is frequent. */
export async function rareIds(
  tables: Tables,
  { candidates, page, order, most }: Rare,
): Promise<readonly string[] | null> {
  const { rows } = await sql<{ id: string | null; n: bigint }>`
    with found as materialized (${candidates}),
    counted as (select count(*) as n from found),
    candidate as (select * from found where (select n from counted) <= ${sql.lit(most)})
    select page.id, n from counted left join (${page}) as page on true order by ${order}`.execute(tables);
  const isFrequent = (rows[0]?.n ?? 0n) > most;
  return isFrequent ? null : rows.flatMap(({ id }) => id ?? []);
}

/** `hash_mem_multiplier`: names that somebody searches for are found once, and kept, not once for each entry. Times 4 MB. */
const HASHED = '16';

/** In a transaction whose statements read no whole table for what has an index. */
export function byIndexes<T>(tables: Tables, work: (transaction: Tables) => Promise<T>): Promise<T> {
  return tables.transaction().execute(async (transaction) => {
    await sql`
      select set_config('enable_seqscan', 'off', true), set_config('hash_mem_multiplier', ${HASHED}, true)`.execute(
      transaction,
    );
    return work(transaction);
  });
}

export async function idsOf(page: {
  execute(): Promise<readonly { readonly id: string }[]>;
}): Promise<readonly string[]> {
  return (await page.execute()).map(({ id }) => id);
}
