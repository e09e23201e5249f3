import { type Kysely, sql } from 'kysely';
import { type Direction, outcomeSchema } from '../../domain/entry.ts';
import type { ReportPeriod, ReportRows } from '../../ports/reports.ts';
import type { VersionTables } from '../tables/schema.ts';
import { counted } from './counted.ts';
import { type Part, partsOf } from './wholeSpans.ts';

type Tables = Kysely<VersionTables>;
type Length = { readonly median: number; readonly longest: number; readonly total: number };

/** Each direction's calls in a period: how many, how long they rang, how long they were. */
export async function summaryOf(tables: Tables, period: ReportPeriod): Promise<ReportRows['summary'][]> {
  const [counts, lengths] = await Promise.all([countsOf(tables, period), lengthsOf(tables, period)]);
  return counts.map((row) => {
    const of = (what: 'ring' | 'talk') => lengths.get(`${row.direction} ${what}`);
    return {
      ...row,
      median_ring_seconds: of('ring')?.median ?? null,
      longest_ring_seconds: of('ring')?.longest ?? null,
      median_talk_seconds: of('talk')?.median ?? null,
      total_talk_seconds: of('talk')?.total ?? 0,
    };
  });
}

/** How many of the counted entries had each outcome, a column an outcome. */
export const OUTCOME_SUMS = outcomeSchema.options.map((outcome) =>
  sql<number>`coalesce(sum(n) filter (where outcome = ${outcome}), 0)::int`.as(outcome),
);

function countsOf(tables: Tables, { from, to }: ReportPeriod) {
  return tables
    .selectFrom(counted(tables, { from, to }).as('counted'))
    .where('direction', '<>', 'internal')
    .groupBy('direction')
    .having(sql`sum(n)`, '>', 0)
    .orderBy('direction')
    .select(['direction', sql<number>`sum(n)::int`.as('calls'), ...OUTCOME_SUMS])
    .select(sql<number>`coalesce(sum(n) filter (where handled_by_machine), 0)::int`.as('handled_by_machine'))
    .execute();
}

/** Of what was answered, by direction and what is measured. */
async function lengthsOf(tables: Tables, { from, to }: ReportPeriod): Promise<ReadonlyMap<string, Length>> {
  const [first, ...others] = partsOf({ from, to }, ['day'] as const);
  if (first === undefined) return new Map();
  const all = others.reduce((sum, part) => sum.unionAll(lengthsIn(tables, part)), lengthsIn(tables, first));
  const summed = tables
    .selectFrom(all.as('length'))
    .groupBy(['direction', 'what', 'seconds'])
    .having(sql`sum(n)`, '>', 0)
    .select(['direction', 'what', 'seconds', sql<number>`sum(n)::float8`.as('n')]);
  const ranked = tables
    .selectFrom(summed.as('summed'))
    .select(['direction', 'what', 'seconds', 'n'])
    .select([
      sql<number>`sum(n) over (partition by direction, what order by seconds)`.as('up_to'),
      sql<number>`sum(n) over (partition by direction, what)`.as('all'),
    ]);
  const rows = await tables
    .selectFrom(ranked.as('ranked'))
    .groupBy(['direction', 'what'])
    .select(['direction', 'what'])
    .select([
      sql<number>`min(seconds) filter (where up_to * 2 >= "all")`.as('median'),
      sql<number>`max(seconds)`.as('longest'),
      sql<number>`sum(seconds * n)`.as('total'),
    ])
    .execute();
  return new Map(rows.map(({ direction, what, ...length }) => [`${direction} ${what}`, length]));
}

type Counted = {
  readonly direction: Direction;
  readonly what: 'ring' | 'talk';
  readonly seconds: number;
  readonly n: bigint;
};

function lengthsIn(tables: Tables, { from, to, by }: Part<'day'>) {
  const [since, until] = [from ?? '-infinity', to ?? 'infinity'];
  if (by === null) {
    const of = (what: 'ring' | 'talk', column: 'ring_seconds' | 'duration_seconds') =>
      tables
        .selectFrom('crm_comms_log')
        .where('outcome', '=', 'answered')
        .where(column, 'is not', null)
        .where('occurred_at', '>=', since)
        .where('occurred_at', '<', until)
        .select(['direction', sql`${what}::text`.as('what'), sql.ref(column).as('seconds'), sql`1::bigint`.as('n')])
        .$castTo<Counted>();
    return of('ring', 'ring_seconds').unionAll(of('talk', 'duration_seconds'));
  }
  return tables
    .selectFrom('entry_seconds')
    .where('day', '>=', since)
    .where('day', '<', until)
    .select(['direction', 'what', 'seconds', 'n'])
    .$castTo<Counted>();
}
