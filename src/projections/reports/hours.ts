import { type Kysely, sql } from 'kysely';
import type { Outcome } from '../../domain/entry.ts';
import type { ReportPeriod } from '../../ports/reports.ts';
import { QUARTER_OF_WEEK } from '../tables/keptBeside.ts';
import type { VersionTables } from '../tables/schema.ts';
import { counted } from './counted.ts';
import { offsetsOf } from './periods.ts';
import { type Part, partsOf } from './wholeSpans.ts';

type Tables = Kysely<VersionTables>;
/** Calls with others by the seconds of the week, from Monday on, at which an hour or less began in which they began. */
type Counted = { readonly second: number; readonly outcome: Outcome; readonly n: bigint };

const QUARTER_SECONDS = 900;
const WEEK_SECONDS = 604_800;

/**
 * The calls with others of a period by the clocks of its zone: of months in which these are not changed from what is counted by the
 * quarters of an hour of the week, at the ends by each quarter.
 */
export function callsOfWeek(tables: Tables, period: ReportPeriod) {
  const parts = offsetsOf(period).flatMap(({ from, to, offset }) =>
    partsOf({ from, to }, ['month'] as const).map((part) => countedIn(tables, part, offset)),
  );
  return parts.reduce((all, part) => all.unionAll(part));
}

function countedIn(tables: Tables, { from, to, by }: Part<'month'>, offset: number) {
  const rows =
    by === null
      ? tables
          .selectFrom(counted(tables, { from, to }, ['quarter']).as('counted'))
          .where('direction', '<>', 'internal')
          .select([sql<number>`${sql.raw(QUARTER_OF_WEEK('at'))}`.as('quarter'), 'outcome', 'n'])
      : tables
          .selectFrom('week_count')
          .where('month', '>=', from)
          .where('month', '<', to)
          .select(['quarter', 'outcome', 'n']);
  const second = sql<number>`(quarter * ${sql.lit(QUARTER_SECONDS)} + ${offset}::integer + ${sql.lit(WEEK_SECONDS)})
    % ${sql.lit(WEEK_SECONDS)}`;
  return tables
    .selectFrom(rows.as('part'))
    .select([second.as('second'), 'outcome', 'n'])
    .$castTo<Counted>();
}
