import type { Kysely } from 'kysely';
import { commsEntrySchema } from '../../domain/entry.ts';
import type { CommsFilter, CommsKey, FoundComms, Page, WholeComms } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { wholeWhy } from '../tables/wholeWhy.ts';
import { customerIn, customerName } from './commsPages.ts';
import { writtenComms } from './writtenComms.ts';

type Tables = Kysely<VersionTables>;

function whole(tables: Tables) {
  return tables
    .selectFrom('crm_comms_log')
    .select(commsEntrySchema.keyof().options)
    .select(['external_number_why', 'logged_by'])
    .select(customerName);
}

type WholeRow = Awaited<ReturnType<ReturnType<typeof whole>['execute']>>[number];

function wholeOf({ customer_name, position, external_number_why, ...row }: WholeRow): WholeComms {
  const why = wholeWhy({ ...row, external_number_why });
  return { ...row, why, position: String(position), customer: customerIn({ ...row, customer_name }) };
}

/** The pages of `writtenComms`, read. */
export async function wholeComms(
  tables: Tables,
  filter: CommsFilter,
  after: CommsKey | null,
  limit: number,
): Promise<Page<WholeComms, CommsKey>> {
  const { items, next } = await writtenComms(tables, filter, after, limit);
  return { items: items.map((text): WholeComms => JSON.parse(text)), next };
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
    return { kind: 'found', entry: wholeOf(rest), annotationRevision: annotation_revision, aliases: aliases ?? [] };
  }
  const alias = await tables.selectFrom('call_alias').select('current_id').where('id', '=', id).executeTakeFirst();
  return alias === undefined ? null : { kind: 'moved', currentId: alias.current_id };
}
