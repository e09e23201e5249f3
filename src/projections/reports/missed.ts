import { type Kysely, type SqlBool, sql } from 'kysely';
import type { ReportPeriod, ReportRows } from '../../ports/reports.ts';
import type { VersionTables } from '../tables/schema.ts';
import { type Part, partsOf } from './wholeSpans.ts';

type Tables = Kysely<VersionTables>;

const MOST_EXTENSIONS = 200;

/** At which phones calls rang that nobody answered; a call counts once for each. */
export async function missedByExtension(
  tables: Tables,
  { from, to }: ReportPeriod,
): Promise<ReportRows['missed_by_extension'][]> {
  const [first, ...others] = partsOf({ from, to }, ['month', 'day'] as const);
  if (first === undefined) return [];
  const all = others.reduce((sum, part) => sum.unionAll(countedIn(tables, part)), countedIn(tables, first));
  return tables
    .selectFrom(all.as('counted'))
    .groupBy('extension')
    .having(sql<SqlBool>`sum(n) > 0`)
    .orderBy(sql`missed`, 'desc')
    .orderBy('extension')
    .select(['extension', sql<number>`sum(n)::int`.as('missed')])
    .limit(MOST_EXTENSIONS)
    .execute();
}

function countedIn(tables: Tables, { from, to, by }: Part<'month' | 'day'>) {
  const [since, until] = [from ?? '-infinity', to ?? 'infinity'];
  const rows =
    by === null
      ? tables
          .selectFrom('crm_comms_log')
          .innerJoinLateral(sql<{ extension: string }>`unnest(rang)`.as<'phone'>(sql`phone(extension)`), (join) =>
            join.onTrue(),
          )
          .where('direction', '=', 'inbound')
          .where('outcome', '<>', 'answered')
          .where('occurred_at', '>=', since)
          .where('occurred_at', '<', until)
          .groupBy('extension')
          .select(['extension', sql<bigint>`count(distinct crm_comms_log.id)`.as('n')])
      : tables
          .selectFrom('missed_count')
          .where('span', '=', by)
          .where('begins', '>=', since)
          .where('begins', '<', until)
          .select(['extension', 'n']);
  return tables.selectFrom(rows.as('part')).select(['extension', 'n']);
}
