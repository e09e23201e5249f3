import { type Kysely, sql } from 'kysely';
import { commsEntrySchema } from '../../domain/entry.ts';
import type { CommsFilter, CommsKey, Page } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { WHOLE_WHY } from '../tables/wholeWhy.ts';
import { customerName, pageOf, pageOfRows } from './commsPages.ts';
import { foundBy } from './searched.ts';

type Tables = Kysely<VersionTables>;

/** Of a page; the last entry may reach beyond. */
const MAX_PAGE_BYTES = 4_194_304;

const TIMES: ReadonlySet<string> = new Set(['occurred_at', 'answered_at', 'ended_at', 'done_at']);
const COLUMNS = commsEntrySchema.keyof().options;
const SHOWN = [...COLUMNS, 'logged_by'].map((column) => {
  // as `toRfc3339` writes them
  if (TIMES.has(column)) return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as ${column}`;
  if (column === 'why') return `${WHOLE_WHY} as why`;
  return column === 'position' ? 'position::text' : `"${column}"`;
});
const CUSTOMER = `case when customer_name is not null
  then (select row_to_json(named) from (select customer_id as id, customer_name as name) as named) end as customer`;
/** To take an entry apart and to write it again takes several times as long. */
const WRITTEN = `(select row_to_json(shown)::text from (select ${SHOWN.join(', ')}, ${CUSTOMER}) as shown)`;

/**
 * Whole entries as JSON, one of `WholeComms` each. A page ends where they become too large, also before `limit`; it has one entry at
 * least, if there is one.
 */
export async function writtenComms(
  tables: Tables,
  filter: CommsFilter,
  after: CommsKey | null,
  limit: number,
): Promise<Page<string, CommsKey>> {
  const asked = { after, limit };
  const entries = tables
    .selectFrom('crm_comms_log')
    .select(COLUMNS)
    .select(['external_number_why', 'logged_by'])
    .select(customerName);
  const page = pageOfRows(entries.where(await foundBy(tables, filter, asked)), asked);
  const written = tables
    .selectFrom(page.as('page'))
    .select(['page.id', 'page.occurred_at', sql<string>`${sql.raw(WRITTEN)}`.as('text')])
    .offset(0);
  const sized = tables
    .selectFrom(written.as('written'))
    .selectAll()
    .select([
      sql<bigint>`count(*) over ()`.as('found'),
      sql<bigint>`coalesce(sum(octet_length(text)) over (
        order by occurred_at desc, id desc rows between unbounded preceding and 1 preceding), 0)`.as('bytes_before'),
    ]);
  const rows = await tables
    .selectFrom(sized.as('sized'))
    .select(['id', 'occurred_at', 'text', 'found'])
    .where('bytes_before', '<', sql<bigint>`${MAX_PAGE_BYTES}`)
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const { items, next } = pageOf(rows, limit, Number(rows[0]?.found ?? 0));
  return { items: items.map(({ text }) => text), next };
}
