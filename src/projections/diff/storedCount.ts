import type pg from 'pg';
import type { DiffSummary } from '../../ports/rebuilds.ts';
import { inTransaction, type Sql } from '../tables/transaction.ts';
import { LIVING } from '../tables/versions.ts';
import { type Compared, reachedBy } from './compared.ts';
import { countStretch, type Place } from './countStretch.ts';

/** So few rows are counted in a moment, and anew whenever one of the versions has moved on. */
const FEW = 20_000;

/** How far what differs between two versions is counted. */
export type StoredCount = {
  /** what was projected when it was begun (`Reached`) */
  readonly seen: string;
  readonly caught_up: boolean;
  readonly begun_at: string;
  /** when it was gone on with last */
  readonly told_at: string;
  readonly is_whole: boolean;
  /** up to where it has come; null: it is at the beginning, or the end */
  readonly place: Place | null;
  /** of both versions, so far */
  readonly rows: bigint;
  readonly counts: DiffSummary;
};

const NOTHING: DiffSummary = { added: 0, removed: 0, changed: 0, byField: {} };

/** Begins a count for two versions that have none, and forgets those of versions that are gone. */
export async function beginCount(sql: Sql, versions: Compared): Promise<void> {
  const { seen, caughtUp } = await reachedBy(sql, versions);
  await sql(
    `delete from commslog.diff_count where exists (
       select from commslog.read_model_version where version in (before, after) and state in ('dropped', 'failed'))`,
  );
  await sql(
    `insert into commslog.diff_count (before, after, seen, caught_up, counts) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [versions.before.version, versions.after.version, seen, caughtUp, NOTHING],
  );
}

/**
 * Counts the next `most` rows, and begins anew where what was counted stands no more. False: all is counted, somebody else, of
 * whatever server, is counting, or one of the versions is being dropped or switched.
 */
export function goOnCounting(pool: pg.Pool, versions: Compared, most: number): Promise<boolean> {
  return inTransaction(pool, 'commslog', async (sql) => {
    const pair = [versions.before.version, versions.after.version];
    // held until the stretch ends: whoever drops one of them waits, and would lock its tables in another order than this does
    const there = await sql(
      'select from read_model_version where version = any($1) and state = any($2) for share skip locked',
      [pair, LIVING],
    );
    // the active one is asked about too, as by who still looks at it after a switch: there nothing differs
    if (there.length < new Set(pair).size) return false;
    const [stored] = await sql<StoredCount & { is_old: boolean }>(
      `select *, told_at < clock_timestamp() - interval '10 min' as is_old
       from diff_count where before = $1 and after = $2 for update skip locked`,
      pair,
    );
    if (!stored) return false;
    const { seen, caughtUp } = await reachedBy(sql, versions);
    const hasMoved = stored.seen !== seen;
    const isFew = stored.is_whole && stored.rows <= FEW;
    // a call that is folded behind what is live moves nothing of `seen`
    const isAnew = (hasMoved && (isFew || stored.is_old)) || (caughtUp && !stored.caught_up);
    if (stored.is_whole && !isAnew) return false;
    const from: Pick<StoredCount, 'seen' | 'caught_up' | 'place' | 'rows' | 'counts'> = isAnew
      ? { seen, caught_up: caughtUp, place: null, rows: 0n, counts: NOTHING }
      : stored;
    const { end, rows, differing } = await countStretch(sql, versions, { from: from.place, most });
    const isWhole = end === null;
    await sql(
      `update diff_count set seen = $3, caught_up = $4, is_whole = $5, place = $6, rows = $7, counts = $8,
         begun_at = case when $9 then now() else begun_at end, told_at = clock_timestamp()
       where before = $1 and after = $2`,
      [...pair, from.seen, from.caught_up, isWhole, end, from.rows + BigInt(rows), sum(from.counts, differing), isAnew],
    );
    return !isWhole;
  });
}

function sum(one: DiffSummary, other: DiffSummary): DiffSummary {
  const byField: Record<string, number> = { ...one.byField };
  for (const [field, n] of Object.entries(other.byField)) byField[field] = (byField[field] ?? 0) + n;
  return {
    added: one.added + other.added,
    removed: one.removed + other.removed,
    changed: one.changed + other.changed,
    byField,
  };
}
