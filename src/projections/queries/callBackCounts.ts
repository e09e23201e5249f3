import { type Kysely, type SqlBool, sql } from 'kysely';
import type { CallBackCounts, CallBackScope } from '../../ports/callBacks.ts';
import { CALLER } from '../tables/entryKinds.ts';
import type { VersionTables } from '../tables/schema.ts';
import { isMissed, isTakenBy, openOnes } from './callBacks.ts';
import { isSeenRow } from './seen.ts';

type Tables = Kysely<VersionTables>;

const MOST_CALLERS = 10_000;

/** `sub`: who asks. */
export async function countCallBacks(tables: Tables, scope: CallBackScope, sub: string): Promise<CallBackCounts> {
  const open = openOnes(tables, scope);
  const most = open.select('caller').limit(MOST_CALLERS + 1);
  const [{ n: callers } = { n: 0n }] = await tables
    .selectFrom(most.as('open'))
    .select((eb) => eb.fn.countAll<bigint>().as('n'))
    .execute();
  const mine = open.where(isTakenBy(tables, sub)).select('caller').limit(MOST_CALLERS);
  const [{ n: taken } = { n: 0n }] = await tables
    .selectFrom(mine.as('mine'))
    .select((eb) => eb.fn.countAll<bigint>().as('n'))
    .execute();
  const seen = scope.seenBy === undefined ? null : isSeenRow(scope.seenBy);
  let nobody = tables
    .selectFrom('crm_comms_log')
    .select('id')
    .where(isMissed)
    .where('done_at', 'is', null)
    .where(sql<SqlBool>`(${sql.raw(CALLER)}) is null`)
    .where('occurred_at', '>=', scope.since)
    .limit(MOST_CALLERS);
  if (seen !== null) nobody = nobody.where(seen);
  const [{ n: withheld } = { n: 0n }] = await tables
    .selectFrom(nobody.as('nobody'))
    .select((eb) => eb.fn.countAll<bigint>().as('n'))
    .execute();
  return {
    callers: Math.min(Number(callers), MOST_CALLERS),
    at_least: Number(callers) > MOST_CALLERS,
    mine: Number(taken),
    withheld: Number(withheld),
  };
}
