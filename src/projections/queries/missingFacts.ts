import { type Kysely, sql } from 'kysely';
import { LEFT_BECAUSE } from '../../domain/connectionEvents.ts';
import type { VersionTables } from '../tables/schema.ts';

/** Streams are written side by side, and one may wait; what is behind by so much does not come any more. */
const OVERDUE_SECONDS = 60;

/**
 * How many facts of each PBX are in no stream although later ones of their session are, of sessions that were heard in the
 * period. Of one that is over all count: whoever tells its end has stored what it heard, but for one that was taken over,
 * whose journal another tells of when it is found.
 */
export async function missingFacts(
  tables: Kysely<VersionTables>,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<ReadonlyMap<string, number>> {
  const rows = await tables
    .selectFrom('fact_count as count')
    .innerJoin('pbx_session as its', (join) =>
      join.onRef('its.pbx', '=', 'count.pbx').onRef('its.session', '=', 'count.session'),
    )
    .innerJoinLateral(
      sql<{ from: number }>`json_to_recordset(count.missing)`.as<'part'>(
        sql`part ("from" integer, "to" integer, since timestamptz)`,
      ),
      (join) => join.onTrue(),
    )
    // where a session begins in the midst of what its server has heard, the facts before are in others
    .where(sql<boolean>`part."from" > 0`)
    .where('last_at', '>=', from)
    .where('connected_at', '<', to)
    .where((eb) =>
      eb.or([
        sql<boolean>`last_at - since >= make_interval(secs => ${OVERDUE_SECONDS})`,
        eb.and([eb('disconnected_at', 'is not', null), eb('reason', '<>', LEFT_BECAUSE.takenOver)]),
        eb.exists(
          eb
            .selectFrom('gap_heard as told')
            .whereRef('told.pbx', '=', 'count.pbx')
            .whereRef('told.heard_session', '=', 'count.session')
            .select(sql`1`.as('one')),
        ),
      ]),
    )
    .groupBy('count.pbx')
    .select(['count.pbx', sql<number>`sum("to" - "from")::int`.as('facts')])
    .execute();
  return new Map(rows.map(({ pbx, facts }) => [pbx, facts]));
}
