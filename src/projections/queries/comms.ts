import { type Kysely, sql } from 'kysely';
import { commsEntrySchema, type Direction, type Outcome } from '../../domain/entry.ts';
import type { CommsCounts, CommsFilter, CommsKey, FoundComms, ListedComms, Page } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { isUnassigned, meets, waitsForCallBack } from './commsFilter.ts';

type Tables = Kysely<VersionTables>;

const ENTRY_COLUMNS = commsEntrySchema.keyof().options;

/** Rows of the log, each with its customer's name. */
function entries(tables: Tables) {
  return tables
    .selectFrom('crm_comms_log')
    .select(ENTRY_COLUMNS)
    .select((eb) =>
      eb
        .selectFrom('customer')
        .select('customer.name')
        .whereRef('customer.id', '=', 'crm_comms_log.customer_id')
        .as('customer_name'),
    );
}

type EntryRow = Awaited<ReturnType<ReturnType<typeof entries>['execute']>>[number];

function listedOf({ customer_name, position, ...row }: EntryRow): ListedComms {
  const customer =
    row.customer_id === null || customer_name === null ? null : { id: row.customer_id, name: customer_name };
  return { ...row, position: String(position), customer };
}

export async function listComms(
  tables: Tables,
  filter: CommsFilter,
  after: CommsKey | null,
  limit: number,
): Promise<Page<ListedComms, CommsKey>> {
  let query = entries(tables).where(meets(filter));
  if (after !== null) {
    query = query.where((eb) => eb(eb.refTuple('occurred_at', 'id'), '<', eb.tuple(after.occurredAt, after.id)));
  }
  const rows = await query
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last !== undefined ? { occurredAt: last.occurred_at, id: last.id } : null;
  return { items: page.map(listedOf), next };
}

export async function countComms(tables: Tables, filter: CommsFilter): Promise<CommsCounts> {
  const rows = await tables
    .selectFrom('crm_comms_log')
    .where(meets(filter))
    .groupBy(['direction', 'outcome'])
    .select((eb) => [
      'direction',
      'outcome',
      eb.fn.countAll<bigint>().as('total'),
      eb.fn.countAll<bigint>().filterWhere(isUnassigned(eb)).as('unassigned'),
      eb.fn.countAll<bigint>().filterWhere(waitsForCallBack(eb)).as('missed_open'),
    ])
    .execute();
  const sum = (of: 'total' | 'unassigned' | 'missed_open', within: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(within).reduce((total, row) => total + Number(row[of]), 0);
  const outcome = (wanted: Outcome) => sum('total', (row) => row.outcome === wanted);
  const direction = (wanted: Direction) => sum('total', (row) => row.direction === wanted);
  return {
    total: sum('total', () => true),
    by_outcome: {
      answered: outcome('answered'),
      missed: outcome('missed'),
      abandoned: outcome('abandoned'),
      busy: outcome('busy'),
      failed: outcome('failed'),
      voicemail: outcome('voicemail'),
    },
    by_direction: {
      inbound: direction('inbound'),
      outbound: direction('outbound'),
      internal: direction('internal'),
    },
    unassigned: sum('unassigned', () => true),
    missed_open: sum('missed_open', () => true),
  };
}

/** The entry and what leads to it in one statement: its group can go into another one between two. */
export async function getComms(tables: Tables, id: string): Promise<FoundComms | null> {
  const row = await entries(tables)
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
    const { customer, ...entry } = listedOf(rest);
    return { kind: 'found', entry, customer, annotationRevision: annotation_revision, aliases: aliases ?? [] };
  }
  const alias = await tables.selectFrom('call_alias').select('current_id').where('id', '=', id).executeTakeFirst();
  return alias === undefined ? null : { kind: 'moved', currentId: alias.current_id };
}

/** The entries of `ids` that there are, by id. */
export async function entriesById(tables: Tables, ids: readonly string[]): Promise<ReadonlyMap<string, ListedComms>> {
  const rows = await entries(tables).where('id', '=', sql<string>`any(${ids}::uuid[])`).execute();
  return new Map(rows.map((row) => [row.id, listedOf(row)]));
}
