import {
  type Expression,
  type ExpressionBuilder,
  type Kysely,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely';
import type { View } from '../../domain/directory/view.ts';
import type { Customer, CustomersFilter, Page } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { HELD_NUMBER } from '../tables/searchText.ts';
import { byIndexes, idsOf, MOST_RARE, rareIds } from './rare.ts';
import { containing, digitsOf, foundIn, mentioning, standsIn, wordsOf } from './search.ts';
import { isSeenCustomer } from './seen.ts';

type Tables = Kysely<VersionTables>;

/** Customers that are not removed, by name; `after` is the last page's last id. */
export async function listCustomers(
  tables: Tables,
  { q, ...filter }: CustomersFilter,
  after: string | null,
  limit: number,
): Promise<Page<Customer, string>> {
  const page = { ...filter, after, limit };
  const all = tables.selectFrom('customer_text');
  const found = q === undefined ? await idsOf(listed(tables, all, page)) : await searched(tables, q, page);
  const ids = found.slice(0, limit);
  const customers = await customersById(tables, ids);
  const next = found.length > limit ? ids.at(-1) : undefined;
  return { items: ids.flatMap((id) => customers.get(id) ?? []), next: next ?? null };
}

/** Customers that are gone through before the index is asked: what is in one of fifteen, as two digits are, fills a page. */
const FIRST = 1_000;

type Texts = SelectQueryBuilder<VersionTables, 'customer_text', object>;
type PageAsked = Omit<CustomersFilter, 'q'> & { readonly after: string | null; readonly limit: number };

/** A page's customers; one more than it shows, to see whether there are more. */
function listed(tables: Tables, texts: Texts, { notUnderstood, seenBy, after, limit }: PageAsked) {
  let query = texts.selectAll().where('is_removed', '=', false);
  if (notUnderstood) query = query.where((eb) => eb.exists(listedNumbers(eb).where('e164', 'is', null)));
  const seen = seenBy === undefined ? null : isSeenCustomer(tables, seenBy, sql.ref('customer_text.id'));
  if (seen !== null) query = query.where(seen);
  if (after !== null) {
    const last = tables.selectFrom('customer_text').select(['by_name', 'id']).where('id', '=', after);
    query = query.where(sql<SqlBool>`(by_name, id) > ${last}`);
  }
  return query
    .orderBy('by_name')
    .orderBy('id')
    .limit(limit + 1);
}

/** What a word of a search asks of a customer: that it is in its name, or its digits in a number. */
type Word = { readonly patterns: readonly string[]; readonly hasDigits: Expression<SqlBool> | null };

function wordOf(word: string): Word {
  const digits = digitsOf(word);
  const hasDigits = digits === null ? null : sql<SqlBool>`${sql.raw(HELD_NUMBER)} like ${containing(digits)}`;
  return { patterns: mentioning(word), hasDigits };
}

/** The ids of a page of those that have each word of `q` in their name or a number. */
function searched(tables: Tables, q: string, page: PageAsked): Promise<readonly string[]> {
  const words = wordsOf(q).map(wordOf);
  return byIndexes(tables, async (transaction) => {
    const all = transaction.selectFrom('customer_text');
    const goneThrough = (texts: Texts) => idsOf(listed(transaction, withAll(texts, words), page));
    const first = listed(transaction, all, { ...page, limit: FIRST }).as('customer_text');
    const soon = await goneThrough(transaction.selectFrom(first));
    if (soon.length > page.limit) return soon;
    for (const word of words) {
      const others = words.filter((one) => one !== word);
      const rare = await rareCustomers(transaction, page, word, others);
      if (rare !== null) return rare;
    }
    return goneThrough(all);
  });
}

/** Those of `texts` that have all words. */
function withAll(texts: Texts, words: readonly Word[]): Texts {
  return words.reduce(
    (found, { patterns, hasDigits }) =>
      found.where((eb) => {
        const inName = standsIn('customer_text', patterns);
        if (hasDigits === null) return inName;
        // a subquery of one value is asked of row after row, no further than to a full page
        const numbers = listedNumbers(eb).select(sql`bool_or(${hasDigits})`.as('has_digits'));
        return sql<SqlBool>`(${inName} or ${numbers})`;
      }),
    texts,
  );
}

/** Those that have the word, by its indexes, and the others too; null: the word is frequent. */
function rareCustomers(
  tables: Tables,
  page: PageAsked,
  { patterns, hasDigits }: Word,
  others: readonly Word[],
): Promise<readonly string[] | null> {
  const holders = tables.selectFrom('customer_number').select('customer_id').where('listed', '=', true);
  const holding = hasDigits === null ? [] : [sql<SqlBool>`id in ${holders.where(hasDigits)}`];
  const customers = tables
    .selectFrom('customer_text')
    .select(['id', 'by_name', 'is_removed', 'plain'])
    .where('is_removed', '=', false)
    .limit(MOST_RARE + 1);
  const each = [foundIn('customer_text', patterns), ...holding].map(
    (condition) => sql`(${customers.where(condition)})`,
  );
  const candidate = tables.selectFrom(sql<VersionTables['customer_text']>`candidate`.as('customer_text'));
  return rareIds(tables, {
    candidates: sql.join(each, sql` union `),
    page: listed(tables, withAll(candidate, others), page),
    order: sql`by_name, id`,
    most: MOST_RARE,
  });
}

export async function getCustomer(tables: Tables, id: string, seenBy?: View): Promise<Customer | null> {
  const seen = seenBy === undefined ? null : isSeenCustomer(tables, seenBy, sql`${id}`);
  const there = tables.selectFrom('customer').select('id').where('id', '=', id);
  if (seen !== null && !(await there.where(seen).executeTakeFirst())) return null;
  return (await customersById(tables, [id])).get(id) ?? null;
}

/** One statement, so that a customer's numbers are those of its revision. */
async function customersById(tables: Tables, ids: readonly string[]): Promise<ReadonlyMap<string, Customer>> {
  const rows = await tables
    .selectFrom('customer')
    .leftJoin('customer_number as held', (join) =>
      join.onRef('held.customer_id', '=', 'customer.id').on('held.listed', '=', true),
    )
    .select(['customer.id', 'customer.name', 'customer.revision', 'customer.removed_at'])
    .select(['held.number', 'held.e164', 'held.label', 'held.valid_from', 'held.valid_to'])
    .where('customer.id', '=', sql<string>`any(${ids})`)
    .orderBy('held.ordinal')
    .execute();
  return new Map(
    rows.map(({ id, name, revision, removed_at }) => {
      const numbers = rows.flatMap(({ id: holder, number, e164, label, valid_from, valid_to }) =>
        holder === id && number !== null ? [{ number, e164, label, from: valid_from, to: valid_to }] : [],
      );
      return [id, { id, name, numbers, revision, removedAt: removed_at }];
    }),
  );
}

function listedNumbers(eb: ExpressionBuilder<VersionTables, 'customer_text'>) {
  return eb
    .selectFrom('customer_number')
    .whereRef('customer_number.customer_id', '=', 'customer_text.id')
    .where('listed', '=', true);
}
