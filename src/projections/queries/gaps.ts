import { type Kysely, sql } from 'kysely';
import { causeOf, notFilledReason } from '../../domain/gaps.ts';
import type { Gap, GapFigures, GapFilling } from '../../ports/coverage.ts';
import type { VersionTables } from '../tables/schema.ts';

type Tables = Kysely<VersionTables>;

/** Of each PBX; who wants more asks for a shorter period. */
const MAX_GAPS = 200;

/**
 * The sessions from the last one before `since` on, each with how long it heard and how long the gap behind it is. One that
 * another followed without a `PbxDisconnected` ended with its last fact: the listener was killed.
 */
export function sessionsSince(tables: Tables, { since, now }: { readonly since: string; readonly now: string }) {
  const first = tables
    .selectFrom('pbx_session')
    .groupBy('pbx')
    .select([
      'pbx',
      sql<number>`coalesce(max(session) filter (where connected_at <= ${since}::timestamptz), -1)`.as('session'),
    ]);
  const followed = tables
    .selectFrom('pbx_session as one')
    .innerJoin(first.as('first'), (join) =>
      join.onRef('first.pbx', '=', 'one.pbx').onRef('one.session', '>=', 'first.session'),
    )
    .selectAll('one')
    .select([
      sql<number | null>`lead(one.session) over (partition by one.pbx order by one.session)`.as('next_session'),
      sql<string | null>`lead(one.connected_at) over (partition by one.pbx order by one.session)`.as('next_at'),
    ]);
  return tables
    .selectFrom(followed.as('followed'))
    .leftJoin('gap_filling as filling', (join) =>
      join.onRef('filling.pbx', '=', 'followed.pbx').onRef('filling.session', '=', 'followed.next_session'),
    )
    .select(['followed.pbx', 'connected_at', 'next_at', 'followed.reason', 'pbx_went_down'])
    .select(['asked_at', 'outcome', 'records', 'calls', 'filling.reason as not_filled', 'final'])
    .select([
      sql<boolean>`disconnected_at is null and next_at is null`.as('goes_on'),
      // a clock that was set back would make both overlap
      sql<string>`least(next_at, coalesce(last_heard_at, disconnected_at,
        case when next_at is null then ${now}::timestamptz else coalesce(last_fact_at, connected_at) end))`.as(
        'heard_until',
      ),
      sql<string>`coalesce(next_at, ${now}::timestamptz)`.as('silent_until'),
    ]);
}

/** The gaps that lie in the period or reach into it, by PBX. */
export async function gapsIn(
  tables: Tables,
  { from, to, now }: { readonly from: string; readonly to: string; readonly now: string },
): Promise<ReadonlyMap<string, { readonly gaps: readonly Gap[]; readonly inAll: number }>> {
  const gaps = tables
    .selectFrom(sessionsSince(tables, { since: from, now }).as('session'))
    .selectAll()
    .select([
      sql<number>`(count(*) over (partition by pbx))::int`.as('in_all'),
      sql<number>`row_number() over (partition by pbx order by heard_until desc)`.as('nth'),
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

/** The gaps since then as numbers, of each PBX that has some. */
export async function gapFigures(
  tables: Tables,
  { since, now }: { readonly since: string; readonly now: string },
): Promise<readonly GapFigures[]> {
  const seconds = sql`extract(epoch from silent_until - greatest(heard_until, ${since}::timestamptz))`;
  const isUnfilled = sql`outcome is distinct from 'filled'`;
  return tables
    .selectFrom(sessionsSince(tables, { since, now }).as('session'))
    .where('goes_on', '=', false)
    .whereRef('heard_until', '<', 'silent_until')
    .where('silent_until', '>', since)
    .groupBy('pbx')
    .orderBy('pbx')
    .select([
      'pbx',
      sql<number>`count(*)::int`.as('gaps'),
      sql<number>`sum(${seconds})::float8`.as('seconds'),
      sql<number>`(count(*) filter (where ${isUnfilled}))::int`.as('unfilled'),
      sql<number>`coalesce(sum(${seconds}) filter (where ${isUnfilled}), 0)::float8`.as('unfilledSeconds'),
      sql<number>`extract(epoch from ${now}::timestamptz - max(silent_until))::float8`.as('newestEndedSecondsAgo'),
    ])
    .execute();
}

type Row = {
  readonly heard_until: string;
  readonly next_at: string | null;
  readonly reason: string | null;
  readonly pbx_went_down: boolean;
} & FillingRow;
type FillingRow = {
  readonly [K in 'outcome' | 'records' | 'calls' | 'asked_at' | 'final']: VersionTables['gap_filling'][K] | null;
} & { readonly not_filled: string | null };

function gapOf({ heard_until, next_at, reason, pbx_went_down, ...filling }: Row): Gap {
  const cause = causeOf({ reason, pbxWentDown: pbx_went_down });
  return { from: heard_until, to: next_at, cause, filling: fillingOf(filling) };
}

function fillingOf({ outcome, records, calls, asked_at, final, not_filled }: FillingRow): GapFilling | null {
  if (outcome === null || records === null || calls === null || asked_at === null || final === null) return null;
  const told = { records, calls, asked_at, final };
  return outcome === 'filled'
    ? { outcome, reason: null, ...told }
    : { outcome, reason: notFilledReason(not_filled ?? ''), ...told };
}
