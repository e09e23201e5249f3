import { type Kysely, sql } from 'kysely';
import { commsEntrySchema, type Note } from '../../domain/entry.ts';
import type { CommsFilter, CommsKey, ListedComms, Page } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { customerIn, customerName, pageOf, pageOfRows } from './commsPages.ts';
import { foundBy } from './searched.ts';
import { shownInPart } from './shownInPart.ts';

type Tables = Kysely<VersionTables>;

const LISTED_COLUMNS = commsEntrySchema
  .omit({ segments: true, legs: true, course: true, why: true, notes: true })
  .keyof().options;
/** Characters. */
const MAX_NOTE = 200;
const MAX_AUTHOR = 256;

/** What lists show; notes of any number and length stay in the database, but for the beginning of the latest. */
function listed(tables: Tables) {
  return tables
    .selectFrom('crm_comms_log')
    .select(LISTED_COLUMNS)
    .select('logged_by')
    .select([
      sql<number>`json_array_length(notes)`.as('notes_count'),
      sql<Note | null>`(
        select json_build_object('id', note ->> 'id', 'text', left(note ->> 'text', ${MAX_NOTE}),
                                 'author', left(note ->> 'author', ${MAX_AUTHOR}), 'at', note ->> 'at')
        from (select notes -> -1 as note) as last where note is not null)`.as('last_note'),
      customerName,
    ]);
}

type ListedRow = Awaited<ReturnType<ReturnType<typeof listed>['execute']>>[number];

function listedOf(row: ListedRow): ListedComms {
  const { customer_name, ...entry } = row;
  return shownInPart({ ...entry, position: String(row.position), customer: customerIn(row) });
}

export async function listComms(
  tables: Tables,
  filter: CommsFilter,
  after: CommsKey | null,
  limit: number,
): Promise<Page<ListedComms, CommsKey>> {
  const page = { after, limit };
  const rows = await pageOfRows(listed(tables).where(await foundBy(tables, filter, page)), page).execute();
  const { items, next } = pageOf(rows, limit);
  return { items: items.map(listedOf), next };
}

/** The entries of `ids` that there are, by id. */
export async function entriesById(tables: Tables, ids: readonly string[]): Promise<ReadonlyMap<string, ListedComms>> {
  const rows = await listed(tables).where('id', '=', sql<string>`any(${ids}::uuid[])`).execute();
  return new Map(rows.map((row) => [row.id, listedOf(row)]));
}
