import { type Kysely, sql } from 'kysely';
import { outcomeSchema } from '../../domain/entry.ts';
import type { ReportName, ReportPeriod, ReportRows } from '../../ports/reports.ts';
import type { VersionTables } from '../tables/schema.ts';
import { daysOf, offsetsOf } from './periods.ts';

type Tables = Kysely<VersionTables>;
type Reports = {
  readonly [N in ReportName]: (tables: Tables, period: ReportPeriod) => Promise<readonly ReportRows[N][]>;
};

/** The rows of each report over the entries of a period. */
export const REPORTS: Reports = {
  summary: (tables, period) =>
    callsOf(tables, period)
      .groupBy('direction')
      .orderBy('direction')
      .select([
        'direction',
        sql<number>`count(*)::int`.as('calls'),
        ...OUTCOME_COUNTS,
        sql<number>`count(*) filter (where handled_by_machine)::int`.as('handled_by_machine'),
        sql<number | null>`percentile_disc(0.5) within group (order by ring_seconds) filter (where ${ANSWERED})`.as(
          'median_ring_seconds',
        ),
        sql<number | null>`max(ring_seconds) filter (where ${ANSWERED})`.as('longest_ring_seconds'),
        sql<number | null>`percentile_disc(0.5) within group (order by duration_seconds) filter (where ${ANSWERED})`.as(
          'median_talk_seconds',
        ),
        sql<number>`coalesce(sum(duration_seconds) filter (where ${ANSWERED}), 0)::float8`.as('total_talk_seconds'),
      ])
      .execute(),

  calls_by_day: (tables, period) =>
    tables
      .selectFrom(daysOf(period))
      .leftJoin('crm_comms_log', (join) =>
        join
          .onRef('occurred_at', '>=', 'part_from')
          .onRef('occurred_at', '<', 'part_to')
          .on('direction', '<>', 'internal'),
      )
      .groupBy('day')
      .orderBy('day')
      .select(['day', ...OUTCOME_COUNTS])
      .execute(),

  calls_by_hour: (tables, period) => {
    const local = sql`(occurred_at at time zone 'UTC' + make_interval(secs => offset_seconds))`;
    return callsOf(tables, period)
      .innerJoin(offsetsOf(period), (join) =>
        join.onRef('occurred_at', '>=', 'part_from').onRef('occurred_at', '<', 'part_to'),
      )
      .groupBy([sql`weekday`, sql`hour`])
      .orderBy(sql`weekday`)
      .orderBy(sql`hour`)
      .select([
        sql<number>`extract(isodow from ${local})::int`.as('weekday'),
        sql<number>`extract(hour from ${local})::int`.as('hour'),
        ...OUTCOME_COUNTS,
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
const ANSWERED = sql`outcome = 'answered'`;

/** How many of the rows had each outcome, a column an outcome. */
const OUTCOME_COUNTS = outcomeSchema.options.map((outcome) =>
  sql<number>`count(*) filter (where outcome = ${outcome})::int`.as(outcome),
);

function callsOf(tables: Tables, { from, to }: ReportPeriod) {
  return tables
    .selectFrom('crm_comms_log')
    .where('direction', '<>', 'internal')
    .where('occurred_at', '>=', from)
    .where('occurred_at', '<', to);
}
