/** Which entries a search finds. */
import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { CommsFilter } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { asksOnlyWhen, type Builder, listedKeys, meets, restOf } from './commsFilter.ts';
import { isBehind, type PageAsked, pageOfRows } from './commsPages.ts';
import { byIndexes, idsOf, MOST_RARE, rareIds } from './rare.ts';
import { foundIn, mentionedInEntry, mentioning, standsIn } from './search.ts';

type Tables = Kysely<VersionTables>;

/** How many of the newest entries are gone through before the index is asked, and what is frequent. */
const BOUNDS = { newest: 10_000, mostRare: MOST_RARE };

type Search = {
  /** what else is asked */
  readonly filter: CommsFilter;
  readonly page: PageAsked;
  readonly bounds: typeof BOUNDS;
  /** LIKE patterns of the texts of entries, and of customers */
  readonly inEntry: readonly string[];
  readonly inName: readonly string[];
};

/** The condition that the rows of a page meet, what is searched for included. */
export async function foundBy(
  tables: Tables,
  { q, ...filter }: CommsFilter,
  page: PageAsked,
  bounds = BOUNDS,
): Promise<(eb: Builder) => Expression<SqlBool>> {
  if (q === undefined) return meets(tables, filter, page);
  const text = q.trim();
  const ids = await searched(tables, {
    filter,
    page,
    bounds,
    inEntry: mentionedInEntry(text),
    inName: mentioning(text),
  });
  return (eb) => eb('id', '=', sql<string>`any(${ids}::uuid[])`);
}

/** The ids of a page's entries, newest first; one more than it shows, to see whether there are more. */
function searched(tables: Tables, search: Search): Promise<readonly string[]> {
  return byIndexes(tables, async (transaction) => {
    const newest = await goneThrough(transaction, search, search.bounds.newest);
    if (newest.length > search.page.limit) return newest;
    return (await foundByIndex(transaction, search)) ?? (await goneThrough(transaction, search, null));
  });
}

/** Those among so many of the newest that `filter` lets through; null: among all. */
async function goneThrough(tables: Tables, { filter, page, inEntry, inName }: Search, most: number | null) {
  const named = tables.selectFrom('customer_text').select('id').where(foundIn('customer_text', inName));
  const stands = sql<SqlBool>`(${standsIn('entry_text', inEntry)} or entry_text.customer_id in ${named})`;
  const newest = most === null ? null : { after: page.after, limit: most };
  if (asksOnlyWhen(filter)) {
    const texts = textsOf(tables, filter);
    const rows = newest === null ? texts : pageOfRows(texts, newest, 'entry_text');
    const found = tables.selectFrom(rows.as('entry_text')).select(['id', 'occurred_at']).where(stands);
    return idsOf(pageOfRows(found, page, 'entry_text'));
  }
  const found = tables
    .selectFrom(listedKeys(tables, filter, newest))
    .select(['id', 'occurred_at'])
    .where((eb) => {
      // a subquery of one value is asked of row after row, no further than to a full page
      const text = eb
        .selectFrom('entry_text')
        .select(stands.as('stands'))
        .whereRef('entry_text.occurred_at', '=', 'listed.occurred_at')
        .whereRef('entry_text.id', '=', 'listed.id');
      return sql<SqlBool>`${text}`;
    });
  return idsOf(pageOfRows(found, page, 'listed'));
}

/** Null: it is frequent. */
function foundByIndex(
  tables: Tables,
  { filter, page, bounds, inEntry, inName }: Search,
): Promise<readonly string[] | null> {
  const { mostRare } = bounds;
  let texts = textsOf(tables, filter).where(foundIn('entry_text', inEntry));
  if (page.after !== null) texts = texts.where(isBehind(page.after, 'entry_text'));
  const named = tables.selectFrom('customer_text').select('id').where(foundIn('customer_text', inName));
  const theirs = passing(tables, filter).where('customer_id', '=', sql.ref<string>('named.id'));
  const itself = passing(tables, filter).where('id', '=', sql.ref<string>('one.id'));
  return rareIds(tables, {
    candidates: sql`
      (select id, occurred_at from (${texts}) as one limit ${sql.lit(mostRare + 1)})
      union all
      (select one.id, one.occurred_at
       from (${named}) as named, lateral (${pageOfRows(theirs, page)}) as one limit ${sql.lit(mostRare + 1)})`,
    page: sql`
      select id, occurred_at
      from (select distinct occurred_at, id from candidate order by occurred_at desc, id desc) as one
      where (${itself.clearSelect().select(sql`true`.as('passes'))})
      limit ${sql.lit(page.limit)} + 1`,
    order: sql`occurred_at desc, id desc`,
    most: mostRare,
  });
}

function textsOf(tables: Tables, { from, to }: CommsFilter) {
  let texts = tables.selectFrom('entry_text').selectAll();
  if (from !== undefined) texts = texts.where('occurred_at', '>=', from);
  if (to !== undefined) texts = texts.where('occurred_at', '<', to);
  return texts;
}

/** The rows that meet the rest of the filter, one by one or those of a customer. */
function passing(tables: Tables, filter: CommsFilter) {
  const rows = tables.selectFrom('crm_comms_log').select(['id', 'occurred_at']).where(restOf(filter));
  const { extension } = filter;
  return extension === undefined ? rows : rows.where(sql<SqlBool>`${extension} = any(extensions || rang)`);
}
