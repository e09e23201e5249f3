/** Which entries a search finds. */
import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
import type { CommsFilter } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { allOf, asksOnlyWhen, type Builder, listedKeys, meets } from './commsFilter.ts';
import { isBehind, type PageAsked, pageOfRows } from './commsPages.ts';
import { byIndexes, idsOf, MOST_RARE, rareIds } from './rare.ts';
import { foundIn, isInIndex, mentionedInEntry, mentioning, standsIn, wordsOf } from './search.ts';

type Tables = Kysely<VersionTables>;

/**
 * How many of the newest entries are gone through before the index is asked, and what is frequent. Several words that are
 * frequent each may stand together rarely: to check so many entries for all of them is still quicker than to go through all.
 */
const BOUNDS = { newest: 10_000, mostRare: MOST_RARE, mostChecked: 10 * MOST_RARE };

/** LIKE patterns of a word: of the texts of entries, and of customers. */
type Word = { readonly inEntry: readonly string[]; readonly inName: readonly string[]; readonly isInIndex: boolean };

type Search = {
  /** what else is asked */
  readonly filter: CommsFilter;
  readonly page: PageAsked;
  readonly bounds: typeof BOUNDS;
  /** each has to stand in the texts of an entry, or in its customer's name */
  readonly words: readonly Word[];
};

/** The condition that the rows of a page meet, what is searched for included. */
export async function foundBy(
  tables: Tables,
  { q, ...filter }: CommsFilter,
  page: PageAsked,
  bounds = BOUNDS,
): Promise<(eb: Builder) => Expression<SqlBool>> {
  if (q === undefined) return meets(tables, filter, page);
  const words = wordsOf(q).map((word) => ({
    inEntry: mentionedInEntry(word),
    inName: mentioning(word),
    isInIndex: isInIndex(word),
  }));
  const ids = await searched(tables, { filter, page, bounds, words });
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
async function goneThrough(tables: Tables, { filter, page, words }: Search, most: number | null) {
  const stands = allStand(tables, words);
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
    .where(textOf(tables, stands, 'listed'));
  return idsOf(pageOfRows(found, page, 'listed'));
}

/** Null: what is searched for is frequent. */
async function foundByIndex(tables: Tables, search: Search): Promise<readonly string[] | null> {
  const { words, bounds } = search;
  for (const most of words.length === 1 ? [bounds.mostRare] : [bounds.mostRare, bounds.mostChecked]) {
    const ids = await foundByWords(tables, search, await rareInNames(tables, search, most), most);
    if (ids !== null) return ids;
  }
  return null;
}

/**
 * Of several words those by which customers are named who have no more than `most` entries together: an entry that is
 * found is one of theirs, or has all these words in its own text.
 */
async function rareInNames(tables: Tables, search: Search, most: number): Promise<readonly Word[]> {
  if (search.words.length === 1) return search.words;
  const counted: { word: Word; n: number }[] = [];
  for (const word of search.words) {
    const { rows } = await sql<{ n: bigint }>`
      select count(*) as n from (${ofNamed(tables, search, word, most)}) as theirs`.execute(tables);
    counted.push({ word, n: Number(rows[0]?.n ?? 0n) });
  }
  counted.sort((a, b) => a.n - b.n);
  let together = 0;
  return counted.flatMap(({ word, n }) => {
    together += n;
    return together <= most ? word : [];
  });
}

/** By words that are rare in names; null: they are in the texts of too many. */
async function foundByWords(tables: Tables, search: Search, rare: readonly Word[], most: number) {
  if (rare.length === 0) return null;
  const { filter, page, words } = search;
  let texts = textsOf(tables, filter);
  // asked for two digits beside a name, the index would be gone through as a whole
  const indexed = rare.filter((word) => word.isInIndex);
  for (const { inEntry } of indexed.length === 0 ? rare : indexed) texts = texts.where(foundIn('entry_text', inEntry));
  if (page.after !== null) texts = texts.where(isBehind(page.after, 'entry_text'));
  const itself = passing(tables, filter).where('id', '=', sql.ref<string>('one.id'));
  const stand = words.length === 1 ? sql<SqlBool>`true` : textOf(tables, allStand(tables, words), 'one');
  const theirs = rare.map((word) => sql`(${ofNamed(tables, search, word, most)})`);
  return rareIds(tables, {
    candidates: sql`
      (select id, occurred_at from (${texts}) as one limit ${sql.lit(most + 1)})
      union all ${sql.join(theirs, sql` union all `)}`,
    page: sql`
      select id, occurred_at
      from (select distinct occurred_at, id from candidate order by occurred_at desc, id desc) as one
      where (${itself.clearSelect().select(sql`true`.as('passes'))}) and ${stand}
      limit ${sql.lit(page.limit)} + 1`,
    order: sql`occurred_at desc, id desc`,
    most,
  });
}

/** The entries of customers named by `word`; of one whose name has all words no more than the page can need. */
function ofNamed(tables: Tables, { filter, page, words }: Search, word: Word, most: number) {
  const hasAll = words.filter((one) => one !== word).map(({ inName }) => standsIn('customer_text', inName));
  const named = tables
    .selectFrom('customer_text')
    .select(['id', sql<boolean>`${sql.join([sql`true`, ...hasAll], sql` and `)}`.as('has_all')])
    .where(foundIn('customer_text', word.inName));
  const theirs = pageOfRows(passing(tables, filter).where('customer_id', '=', sql.ref<string>('named.id')), page);
  return sql`
    select one.id, one.occurred_at
    from (${named}) as named, lateral (
      ${theirs.clearLimit()} limit case when named.has_all then ${sql.lit(page.limit + 1)} else ${sql.lit(most + 1)} end
    ) as one limit ${sql.lit(most + 1)}`;
}

/** Whether each of the words stands in a row of `entry_text`, or in the name of its customer. */
function allStand(tables: Tables, words: readonly Word[]): Expression<SqlBool> {
  const conditions = words.map(({ inEntry, inName }) => {
    const named = tables.selectFrom('customer_text').select('id').where(foundIn('customer_text', inName));
    return sql`(${standsIn('entry_text', inEntry)} or entry_text.customer_id in ${named})`;
  });
  return sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;
}

/** What is asked of the text of a row that has its key; a subquery of one value is asked of row after row, no further than to a full page. */
function textOf(tables: Tables, asked: Expression<SqlBool>, row: string): Expression<SqlBool> {
  const text = tables
    .selectFrom('entry_text')
    .select(sql<boolean>`${asked}`.as('stands'))
    .where('entry_text.occurred_at', '=', sql.ref<string>(`${row}.occurred_at`))
    .where('entry_text.id', '=', sql.ref<string>(`${row}.id`));
  return sql<SqlBool>`${text}`;
}

function textsOf(tables: Tables, { from, to }: CommsFilter) {
  let texts = tables.selectFrom('entry_text').selectAll();
  if (from !== undefined) texts = texts.where('occurred_at', '>=', from);
  if (to !== undefined) texts = texts.where('occurred_at', '<', to);
  return texts;
}

/** The rows that meet the rest of the filter, one by one or those of a customer. */
function passing(tables: Tables, filter: CommsFilter) {
  return tables.selectFrom('crm_comms_log').select(['id', 'occurred_at']).where(allOf(filter));
}
