import { type Kysely, type RawBuilder, sql } from 'kysely';
import { causeOf, notFilledReason } from '../../domain/gaps.ts';
import type { Gap, GapFigures, GapFilling, GapHeard } from '../../ports/coverage.ts';
import type { VersionTables } from '../tables/schema.ts';
import { missingFacts } from './missingFacts.ts';
import { stretchesSince } from './stretches.ts';

type Tables = Kysely<VersionTables>;

/** Of each PBX; who wants more asks for a shorter period. */
const MAX_GAPS = 200;

/** The gaps that lie in the period or reach into it, by PBX. */
export async function gapsIn(
  tables: Tables,
  { from, to, now }: { readonly from: string; readonly to: string; readonly now: string },
): Promise<ReadonlyMap<string, { readonly gaps: readonly Gap[]; readonly inAll: number }>> {
  const gaps = tables
    .selectFrom(stretchesSince(tables, { since: from, now }).as('stretch'))
    .selectAll()
    .select([
      sql<number>`(count(*) over (partition by pbx))::int`.as('in_all'),
      sql<number>`row_number() over (partition by pbx order by heard_until desc)`.as('nth'),
      sql<string | null>`lower(heard)`.as('journal_from'),
      sql<string | null>`upper(heard)`.as('journal_until'),
      secondsOf(sql`open`).as('open_seconds'),
    ])
    .where('goes_on', '=', false)
    .whereRef('heard_until', '<', 'silent_until')
    .where('silent_until', '>', from)
    .where('heard_until', '<', to);
  const rows = await tables
    .selectFrom(gaps.as('gap'))
    .selectAll()
    .where('nth', '<=', MAX_GAPS)
    .orderBy('pbx')
    .orderBy('nth')
    .execute();
  const found = new Map<string, { readonly gaps: Gap[]; readonly inAll: number }>();
  for (const row of rows) {
    const of = found.get(row.pbx) ?? { gaps: [], inAll: row.in_all };
    of.gaps.push(gapOf(row));
    found.set(row.pbx, of);
  }
  return found;
}

/** How long the ranges of a multirange are together. */
function secondsOf(ranges: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`(select coalesce(sum(extract(epoch from upper(part) - lower(part))), 0)::float8
    from unnest(${ranges}) as part)`;
}

/** What is left of the gaps since then as numbers, and what is missing besides, of each PBX that has some. */
export async function gapFigures(
  tables: Tables,
  { since, now }: { readonly since: string; readonly now: string },
): Promise<readonly GapFigures[]> {
  const [gaps, missing] = await Promise.all([
    gapsLeft(tables, { since, now }),
    missingFacts(tables, { from: since, to: now }),
  ]);
  const others = [...missing.keys()].filter((pbx) => !gaps.some((gap) => gap.pbx === pbx));
  const figures = [...gaps, ...others.map((pbx) => ({ pbx, ...NO_GAPS }))];
  return figures.map((of) => ({ ...of, missingFacts: missing.get(of.pbx) ?? 0 }));
}

const NO_GAPS = { gaps: 0, seconds: 0, unfilled: 0, unfilledSeconds: 0, newestEndedSecondsAgo: null };

function gapsLeft(tables: Tables, { since, now }: { readonly since: string; readonly now: string }) {
  const left = tables
    .selectFrom(stretchesSince(tables, { since, now }).as('stretch'))
    .where('goes_on', '=', false)
    .select(['pbx', 'outcome', 'silent_until'])
    .select(secondsOf(sql`open * tstzmultirange(tstzrange(${since}::timestamptz, null))`).as('seconds'));
  const isUnfilled = sql`outcome is distinct from 'filled'`;
  return tables
    .selectFrom(left.as('gap'))
    .where('seconds', '>', 0)
    .groupBy('pbx')
    .orderBy('pbx')
    .select([
      'pbx',
      sql<number>`count(*)::int`.as('gaps'),
      sql<number>`sum(seconds)`.as('seconds'),
      sql<number>`(count(*) filter (where ${isUnfilled}))::int`.as('unfilled'),
      sql<number>`coalesce(sum(seconds) filter (where ${isUnfilled}), 0)`.as('unfilledSeconds'),
      sql<number>`extract(epoch from ${now}::timestamptz - max(silent_until))::float8`.as('newestEndedSecondsAgo'),
    ])
    .execute();
}

type Row = {
  readonly heard_until: string;
  readonly next_at: string | null;
  readonly reason: string | null;
  readonly pbx_went_down: boolean;
  readonly open_seconds: number;
} & HeardRow &
  FillingRow;
type HeardRow = {
  readonly facts: number | null;
  readonly set_aside: number | null;
  /** null: nothing of the gap was heard */
  readonly journal_from: string | null;
  readonly journal_until: string | null;
};
type FillingRow = {
  readonly [K in 'outcome' | 'records' | 'calls' | 'asked_at' | 'final']: VersionTables['gap_filling'][K] | null;
} & { readonly not_filled: string | null };

function gapOf({ heard_until, next_at, reason, pbx_went_down, open_seconds, ...became }: Row): Gap {
  const cause = causeOf({ reason, pbxWentDown: pbx_went_down });
  return { from: heard_until, to: next_at, cause, heard: heardOf(became), open_seconds, filling: fillingOf(became) };
}

function heardOf({ facts, set_aside, journal_from: from, journal_until: until }: HeardRow): GapHeard | null {
  return facts === null || set_aside === null ? null : { from, until, facts, set_aside };
}

function fillingOf({ outcome, records, calls, asked_at, final, not_filled }: FillingRow): GapFilling | null {
  if (outcome === null || records === null || calls === null || asked_at === null || final === null) return null;
  const told = { records, calls, asked_at, final };
  return outcome === 'filled'
    ? { outcome, reason: null, ...told }
    : { outcome, reason: notFilledReason(not_filled ?? ''), ...told };
}
