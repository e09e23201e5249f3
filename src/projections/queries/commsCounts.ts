import { type Expression, type Kysely, sql } from 'kysely';
import type { Direction, Outcome } from '../../domain/entry.ts';
import type { CommsCounts, CommsFilter } from '../../ports/readModel.ts';
import { counted } from '../reports/counted.ts';
import { TO_CALL_BACK, UNASSIGNED } from '../tables/entryKinds.ts';
import type { VersionTables } from '../tables/schema.ts';
import { pageOfRows } from './commsPages.ts';
import { foundBy } from './searched.ts';

type Tables = Kysely<VersionTables>;
type Row = {
  readonly direction: Direction;
  readonly outcome: Outcome;
  readonly total: bigint;
  readonly unassigned: bigint;
  readonly missed_open: bigint;
};

/** Of entries that no table counts. */
const MOST_COUNTED = 1_000;

/** Exact by period and kind; with what else a filter may ask, of so many of the newest. */
export async function countComms(tables: Tables, filter: CommsFilter): Promise<CommsCounts> {
  const { q, customerId, extension, queue, did, trunk, durationFrom, durationTo, done, of, seenBy } = filter;
  const uncounted = [q, customerId, extension, queue, did, trunk, durationFrom, durationTo, done, of];
  const isOfAll = seenBy === undefined || seenBy.sees === 'all';
  const isCounted = isOfAll && uncounted.every((asked) => asked === undefined);
  return isCounted ? countsOf(await countKinds(tables, filter)) : countNewest(tables, filter);
}

function countKinds(tables: Tables, filter: CommsFilter): Promise<Row[]> {
  const { directions = [], outcomes = [], unassigned = false, handledByMachine, from, to } = filter;
  let kinds = tables.selectFrom(counted(tables, { from: from ?? null, to: to ?? null }).as('counted'));
  if (directions.length > 0) kinds = kinds.where('direction', 'in', directions);
  if (outcomes.length > 0) kinds = kinds.where('outcome', 'in', outcomes);
  if (unassigned) kinds = kinds.where('unassigned', '=', true);
  if (handledByMachine !== undefined) kinds = kinds.where('handled_by_machine', '=', handledByMachine);
  return kinds
    .groupBy(['direction', 'outcome'])
    .select(['direction', 'outcome'])
    .select([
      total(sql`n`).as('total'),
      total(sql`n`, sql`unassigned`).as('unassigned'),
      total(sql`n`, sql`to_call_back`).as('missed_open'),
    ])
    .execute();
}

async function countNewest(tables: Tables, filter: CommsFilter): Promise<CommsCounts> {
  const page = { after: null, limit: MOST_COUNTED };
  const rows = tables.selectFrom('crm_comms_log').selectAll();
  const found = pageOfRows(rows.where(await foundBy(tables, filter, page)), page);
  const kinds = await tables
    .selectFrom(found.as('found'))
    .groupBy(['direction', 'outcome'])
    .select(['direction', 'outcome'])
    .select([
      total(sql`1`).as('total'),
      total(sql`1`, sql.raw(UNASSIGNED)).as('unassigned'),
      total(sql`1`, sql.raw(TO_CALL_BACK)).as('missed_open'),
    ])
    .execute();
  return countsOf(kinds, MOST_COUNTED);
}

function total(of: Expression<unknown>, where: Expression<unknown> = sql`true`) {
  return sql<bigint>`coalesce(sum(${of}) filter (where ${where}), 0)::bigint`;
}

/** `most`: beyond it nothing was counted. */
function countsOf(rows: readonly Row[], most = Number.POSITIVE_INFINITY): CommsCounts {
  const sum = (of: 'total' | 'unassigned' | 'missed_open', within: (row: Row) => boolean = () => true) =>
    rows.filter(within).reduce((all, row) => all + Number(row[of]), 0);
  const outcome = (wanted: Outcome) => sum('total', (row) => row.outcome === wanted);
  const direction = (wanted: Direction) => sum('total', (row) => row.direction === wanted);
  return {
    total: sum('total'),
    at_least: sum('total') > most,
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
    unassigned: sum('unassigned'),
    missed_open: sum('missed_open'),
  };
}
