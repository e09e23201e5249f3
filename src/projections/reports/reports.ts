import { type Kysely, type SqlBool, sql } from 'kysely';
import type { ReportName, ReportPeriod, ReportRows } from '../../ports/reports.ts';
import type { VersionTables } from '../tables/schema.ts';
import { counted } from './counted.ts';
import { callsOfWeek } from './hours.ts';
import { missedByExtension } from './missed.ts';
import { daysOf } from './periods.ts';
import { OUTCOME_SUMS, summaryOf } from './summary.ts';

type Tables = Kysely<VersionTables>;
type Reports = {
  readonly [N in ReportName]: (tables: Tables, period: ReportPeriod) => Promise<readonly ReportRows[N][]>;
};

/** The rows of each report over the entries of a period. */
export const REPORTS: Reports = {
  summary: summaryOf,

  calls_by_day: (tables, period) =>
    tables
      .selectFrom(daysOf(period))
      .leftJoin(quartersOf(tables, period).as('counted'), (join) =>
        join.onRef('at', '>=', 'part_from').onRef('at', '<', 'part_to').on('direction', '<>', 'internal'),
      )
      .groupBy('day')
      .orderBy('day')
      .select(['day', ...OUTCOME_SUMS])
      .execute(),

  calls_by_hour: (tables, period) =>
    tables
      .selectFrom(callsOfWeek(tables, period).as('counted'))
      .groupBy([sql`weekday`, sql`hour`])
      .having(sql<SqlBool>`sum(n) > 0`)
      .orderBy(sql`weekday`)
      .orderBy(sql`hour`)
      .select([
        sql<number>`second / 86400 + 1`.as('weekday'),
        sql<number>`second % 86400 / 3600`.as('hour'),
        ...OUTCOME_SUMS,
      ])
      .execute(),

  missed_by_extension: missedByExtension,
};

/** Days of every zone begin with a quarter of an hour. */
function quartersOf(tables: Tables, { from, to }: ReportPeriod) {
  return counted(tables, { from, to }, ['quarter']);
}
