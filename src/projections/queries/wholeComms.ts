import { type Kysely, sql } from 'kysely';
import { commsEntrySchema } from '../../domain/entry.ts';
import type { CommsFilter, CommsKey, FoundComms, Page, WholeComms } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { customerIn, customerName, pageOf, pageOfRows } from './commsPages.ts';
import { foundBy } from './searched.ts';

type Tables = Kysely<VersionTables>;

/** Of a page, as PostgreSQL writes it; the last entry may reach beyond. */
const MAX_PAGE_BYTES = 4_194_304;
/** What has no bound of its own, and about so much beside it. */
const BYTES = ['notes', 'segments', 'legs', 'why', 'match', 'extensions', 'rang']
  .map((column) => `octet_length(${column}::text)`)
  .join(' + ')
  .concat(' + 1000');

function whole(tables: Tables) {
  return tables.selectFrom('crm_comms_log').select(commsEntrySchema.keyof().options).select(customerName);
}

type WholeRow = Awaited<ReturnType<ReturnType<typeof whole>['execute']>>[number];

function wholeOf({ customer_name, position, ...row }: WholeRow): WholeComms {
  return { ...row, position: String(position), customer: customerIn({ ...row, customer_name }) };
}

/** A page ends where its entries become too large, also before `limit`; it has one entry at least, if there is one. */
export async function wholeComms(
  tables: Tables,
  filter: CommsFilter,
  after: CommsKey | null,
  limit: number,
): Promise<Page<WholeComms, CommsKey>> {
  const asked = { after, limit };
  const page = pageOfRows(whole(tables).where(await foundBy(tables, filter, asked)), asked);
  const sized = tables
    .selectFrom(page.as('page'))
    .selectAll()
    .select([
      sql<bigint>`count(*) over ()`.as('found'),
      sql<bigint>`coalesce(sum(${sql.raw(BYTES)}) over (
        order by occurred_at desc, id desc rows between unbounded preceding and 1 preceding), 0)`.as('bytes_before'),
    ]);
  const rows = await tables
    .selectFrom(sized.as('sized'))
    .selectAll()
    .where('bytes_before', '<', sql<bigint>`${MAX_PAGE_BYTES}`)
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const { items, next } = pageOf(rows, limit, Number(rows[0]?.found ?? 0));
  return { items: items.map(({ found: _, bytes_before: __, ...row }) => wholeOf(row)), next };
}

/** The entry and what leads to it in one statement: its group can go into another one between two. */
export async function getComms(tables: Tables, id: string): Promise<FoundComms | null> {
  const row = await whole(tables)
    .select('annotation_revision')
    .select((eb) =>
      eb
        .selectFrom('call_alias')
        .select((of) => of.fn.agg<string[]>('array_agg', ['call_alias.id']).as('ids'))
        .whereRef('current_id', '=', 'crm_comms_log.id')
        .as('aliases'),
    )
    .where('id', '=', id)
    .executeTakeFirst();
  if (row !== undefined) {
    const { annotation_revision, aliases, ...rest } = row;
    const { customer, ...entry } = wholeOf(rest);
    return { kind: 'found', entry, customer, annotationRevision: annotation_revision, aliases: aliases ?? [] };
  }
  const alias = await tables.selectFrom('call_alias').select('current_id').where('id', '=', id).executeTakeFirst();
  return alias === undefined ? null : { kind: 'moved', currentId: alias.current_id };
}
