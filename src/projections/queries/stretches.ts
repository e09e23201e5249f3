import { type Kysely, sql } from 'kysely';
import type { VersionTables } from '../tables/schema.ts';

type Tables = Kysely<VersionTables>;
type Period = { readonly since: string; readonly now: string };

/**
 * The stretches in which a PBX was heard without a break, by whichever server, from the one at `since` on, each with the gap
 * behind it: until when nobody listened, what a journal held of it nevertheless (`heard`) and what is left (`open`), as
 * multiranges. Only the last one has no gap when it goes on.
 */
export function stretchesSince(tables: Tables, period: Period) {
  const followed = stretches(tables, period)
    .selectAll('stretch')
    .select([
      sql<number | null>`lead(first_session) over (partition by pbx order by since)`.as('next_session'),
      sql<string | null>`lead(since) over (partition by pbx order by since)`.as('next_at'),
    ]);
  const gaps = tables
    .selectFrom(followed.as('followed'))
    .selectAll()
    .select(sql<string>`coalesce(next_at, greatest(heard_until, ${period.now}::timestamptz))`.as('silent_until'));
  return tables
    .selectFrom(gaps.as('gap'))
    .leftJoin('gap_filling as filling', (join) =>
      join.onRef('filling.pbx', '=', 'gap.pbx').onRef('filling.session', '=', 'gap.next_session'),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('gap_heard as told')
          .innerJoin('pbx_session as its', (join) =>
            join.onRef('its.pbx', '=', 'told.pbx').onRef('its.session', '=', 'told.heard_session'),
          )
          .whereRef('told.pbx', '=', 'gap.pbx')
          .where((part) =>
            part.or([
              part('told.session', '=', part.ref('gap.next_session')),
              // it ended before a session that was written late as well
              sql<boolean>`its.connected_at < silent_until and told.until > heard_until`,
            ]),
          )
          .select([
            sql<string>`range_agg(tstzrange(${HEARD_FROM}, greatest(${HEARD_FROM}, least(told.until, silent_until))))`.as(
              'ranges',
            ),
            sql<number | null>`sum(facts)::int`.as('facts'),
            sql<number | null>`sum(set_aside)::int`.as('set_aside'),
          ])
          .as('journal'),
      (join) => join.onTrue(),
    )
    .select(['gap.pbx', 'since', 'heard_until', 'next_at', 'silent_until', 'goes_on', 'gap.reason', 'pbx_went_down'])
    .select(['asked_at', 'outcome', 'records', 'calls', 'filling.reason as not_filled', 'final', 'facts', 'set_aside'])
    .select([
      sql<string>`coalesce(ranges, '{}')`.as('heard'),
      sql<string>`tstzmultirange(tstzrange(heard_until, silent_until)) - coalesce(ranges, '{}')`.as('open'),
    ]);
}

const HEARD_FROM = sql`least(silent_until, greatest(its.connected_at, heard_until))`;

/** Sessions that overlap or touch, together. What was written late lies in gaps, which tell of it themselves. */
function stretches(tables: Tables, period: Period) {
  const sessions = tables
    .selectFrom(sessionsSince(tables, period).as('session'))
    .selectAll()
    .select(
      sql<string | null>`max(heard_until) over (partition by pbx order by connected_at, session
        rows between unbounded preceding and 1 preceding)`.as('covered_until'),
    );
  const numbered = tables
    .selectFrom(sessions.as('session'))
    .selectAll()
    .select(
      sql<number>`count(*) filter (where covered_until is null or connected_at > covered_until)
        over (partition by pbx order by connected_at, session)`.as('stretch'),
    );
  const lastHeard = sql`order by heard_until desc, session desc`;
  const together = tables
    .selectFrom(numbered.as('session'))
    .groupBy(['pbx', 'stretch'])
    .select([
      'pbx',
      sql<string>`min(connected_at)`.as('since'),
      sql<string>`max(heard_until)`.as('heard_until'),
      sql<number>`(array_agg(session order by connected_at, session))[1]`.as('first_session'),
      sql<string | null>`(array_agg(reason ${lastHeard}))[1]`.as('reason'),
      sql<boolean>`(array_agg(pbx_went_down ${lastHeard}))[1]`.as('pbx_went_down'),
      sql<boolean>`bool_or(goes_on)`.as('goes_on'),
    ]);
  return tables.selectFrom(together.as('stretch'));
}

/**
 * The sessions that began later, and the one of those before that was heard longest: it covers the others. One that another
 * followed without a `PbxDisconnected` ended with its last fact: the listener was killed.
 */
function sessionsSince(tables: Tables, { since, now }: Period) {
  const known = tables
    .selectFrom('pbx_session')
    .where('heard_before', 'is', null)
    .selectAll()
    .select(sql<boolean>`lead(session) over (partition by pbx order by session) is not null`.as('is_followed'));
  const heard = tables
    .selectFrom(known.as('known'))
    .select(['pbx', 'session', 'connected_at', 'reason', 'pbx_went_down'])
    .select([
      sql<boolean>`disconnected_at is null and not is_followed`.as('goes_on'),
      sql<string>`greatest(connected_at, coalesce(last_heard_at, disconnected_at,
        case when is_followed then last_fact_at else ${now}::timestamptz end))`.as('heard_until'),
    ]);
  const ranked = tables
    .selectFrom(heard.as('heard'))
    .selectAll()
    .select(
      sql<number>`row_number() over (partition by pbx, connected_at <= ${since}::timestamptz
        order by heard_until desc, session desc)`.as('nth'),
    );
  return tables
    .selectFrom(ranked.as('ranked'))
    .selectAll()
    .where((eb) => eb.or([eb('nth', '=', 1), eb('connected_at', '>', since)]));
}
