import { type Kysely, sql } from 'kysely';
import type { ReportName, ReportPeriod, ReportRows } from '../../ports/reports.ts';
import type { VersionTables } from '../tables/schema.ts';
import { counted } from './counted.ts';
import { daysOf, offsetsOf } from './periods.ts';
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

  calls_by_hour: (tables, period) => {
    const local = sql`(at at time zone 'UTC' + make_interval(secs => offset_seconds))`;
    return tables
      .selectFrom(quartersOf(tables, period).as('counted'))
      .where('direction', '<>', 'internal')
      .innerJoin(offsetsOf(period), (join) => join.onRef('at', '>=', 'part_from').onRef('at', '<', 'part_to'))
      .groupBy([sql`weekday`, sql`hour`])
      .orderBy(sql`weekday`)
      .orderBy(sql`hour`)
      .select([
        sql<number>`extract(isodow from ${local})::int`.as('weekday'),
        sql<number>`extract(hour from ${local})::int`.as('hour'),
        ...OUTCOME_SUMS,
      ])
      .execute();
  },

  missed_by_extension: (tables, period) =>
    callsOf(tables, period)
      .where('direction', '=', 'inbound')
      .where('outcome', '<>', 'answered')
      .innerJoinLateral(sql<{ extension: string }>`unnest(rang)`.as<'phone'>(sql`phone(extension)`), (join) =>
        join.onTrue(),
      )
      .groupBy('extension')
      .orderBy(sql`missed`, 'desc')
      .orderBy('extension')
      .select(['extension', sql<number>`count(distinct crm_comms_log.id)::int`.as('missed')])
      .limit(MOST_EXTENSIONS)
      .execute(),
};

const MOST_EXTENSIONS = 200;
/** Days and hours of every zone begin with a quarter of an hour. */
function quartersOf(tables: Tables, { from, to }: ReportPeriod) {
  return counted(tables, { from, to }, ['quarter']);
}

function callsOf(tables: Tables, { from, to }: ReportPeriod) {
  return tables
    .selectFrom('crm_comms_log')
    .where('direction', '<>', 'internal')
    .where('occurred_at', '>=', from)
    .where('occurred_at', '<', to);
}
