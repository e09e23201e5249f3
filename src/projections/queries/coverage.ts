import { type Kysely, sql } from 'kysely';
import type { CoverageDay, CoveragePeriod, PbxCoverage } from '../../ports/coverage.ts';
import { daysOf } from '../reports/periods.ts';
import type { VersionTables } from '../tables/schema.ts';
import { gapsIn } from './gaps.ts';
import { missingFacts } from './missingFacts.ts';
import { stretchesSince } from './stretches.ts';

type Tables = Kysely<VersionTables>;

/** How each PBX was heard in the period, by days, with what was not. */
export async function coverageOf(tables: Tables, period: CoveragePeriod): Promise<readonly PbxCoverage[]> {
  const days = new Map<string, CoverageDay[]>();
  for (const { pbx, ...day } of await heardByDays(tables, period)) {
    const of = days.get(pbx) ?? [];
    of.push(day);
    days.set(pbx, of);
  }
  const [found, missing] = await Promise.all([gapsIn(tables, period), missingFacts(tables, period)]);
  return [...days].map(([pbx, its]) => {
    const { gaps, inAll } = found.get(pbx) ?? { gaps: [], inAll: 0 };
    return { pbx, days: its, gaps, gaps_in_all: inAll, missing_facts: missing.get(pbx) ?? 0 };
  });
}

export async function listPbxs(tables: Tables): Promise<readonly string[]> {
  return (await everyPbx(tables).orderBy('pbx').execute()).map(({ pbx }) => pbx);
}

function everyPbx(tables: Tables) {
  return tables.selectFrom('pbx_session').select('pbx').distinct();
}

type Kind = 'listened' | 'journal' | 'gap' | 'filled';

/** Each stretch of listening or silence is cut into the days of the zone that it touches, then the pieces of a day are added up. */
function heardByDays(tables: Tables, { from, to, timeZone, now }: CoveragePeriod) {
  const days = daysOf({ from, to, timeZone });
  const sum = (which: ReturnType<typeof sql>) =>
    sql<number>`coalesce(sum(extract(epoch from least(until, part_to) - greatest(since, part_from)))
      filter (where ${which}), 0)::float8`;

  const stretches = stretchesSince(tables, { since: from, now });
  const listened = tables
    .selectFrom(stretches.as('stretch'))
    .select(['pbx', 'since', 'heard_until as until'])
    .select(sql<Kind>`'listened'`.as('kind'));
  const partsOf = (ranges: 'heard' | 'open', kind: ReturnType<typeof sql<Kind>>) =>
    tables
      .selectFrom(stretches.as('stretch'))
      .innerJoinLateral(sql<{ part: string }>`unnest(${sql.ref(ranges)})`.as<'parts'>(sql`parts(part)`), (join) =>
        join.onTrue(),
      )
      .where('goes_on', '=', false)
      .select(['pbx', sql<string>`lower(part)`.as('since'), sql<string>`upper(part)`.as('until'), kind.as('kind')]);
  const silent = partsOf('open', sql<Kind>`case when outcome = 'filled' then 'filled' else 'gap' end`);
  const heard = partsOf('heard', sql<Kind>`'journal'`);
  const sums = tables
    .selectFrom(listened.unionAll(heard).unionAll(silent).as('stretch'))
    .innerJoin(days, (join) => join.onRef('since', '<', 'part_to').onRef('until', '>', 'part_from'))
    .whereRef('since', '<', 'until')
    .groupBy(['pbx', 'day'])
    .select([
      'pbx',
      'day',
      sum(sql`kind in ('listened', 'journal')`).as('listened_seconds'),
      sum(sql`kind = 'journal'`).as('journal_seconds'),
      sum(sql`kind in ('gap', 'filled')`).as('gap_seconds'),
      sum(sql`kind = 'filled'`).as('filled_seconds'),
    ]);

  return tables
    .selectFrom(everyPbx(tables).as('known'))
    .innerJoin(days, (join) => join.onTrue())
    .leftJoin(sums.as('sums'), (join) => join.onRef('sums.pbx', '=', 'known.pbx').onRef('sums.day', '=', 'part.day'))
    .orderBy('known.pbx')
    .orderBy('part.day')
    .select([
      'known.pbx',
      'part.day',
      sql<number>`extract(epoch from part_to - part_from)::float8`.as('seconds'),
      sql<number>`coalesce(listened_seconds, 0)`.as('listened_seconds'),
      sql<number>`coalesce(journal_seconds, 0)`.as('journal_seconds'),
      sql<number>`coalesce(gap_seconds, 0)`.as('gap_seconds'),
      sql<number>`coalesce(filled_seconds, 0)`.as('filled_seconds'),
    ])
    .execute();
}
