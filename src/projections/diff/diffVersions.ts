import { sql } from 'kysely';
import type pg from 'pg';
import type { Diff, DiffSummary } from '../../ports/rebuilds.ts';
import { controlDb } from '../tables/controlDb.ts';
import { estimatedRows } from '../tables/estimatedRows.ts';
import { inSnapshot } from '../tables/transaction.ts';
import { type Compared, reachedBy } from './compared.ts';
import { beginCount, goOnCounting, type StoredCount } from './storedCount.ts';

/** Whoever asks counts on for so long, and is answered then. */
const BUDGET_MS = 500;
/** Rows that are counted in one transaction: few at first, since nobody knows how slow the disk is. */
const LEAST = 500;
const MOST = 8_000;
/** More in the next one if it took less; fewer if it took twice as long. */
const QUICK_MS = 100;
/** What is not whole is never said to be, however the rows were estimated. */
const MOST_UNTIL_WHOLE = 0.99;

export type Counting = {
  /** default: half a second; 0: one stretch */
  readonly budgetMs?: number;
  /** rows of a stretch; default: as many as are quickly counted */
  readonly rows?: number;
};

/**
 * How much readers would see otherwise with `after` instead of `before`, as far as it is counted. Counts on before it answers,
 * for a moment: whoever asks again has more, on whichever server.
 */
export async function diffVersions(pool: pg.Pool, versions: Compared, counting: Counting = {}): Promise<Diff> {
  // its rows are not in the order of a walk yet
  if (versions.after.state !== 'building') await countOn(pool, versions, counting);
  return countedDiff(pool, versions);
}

async function countOn(pool: pg.Pool, versions: Compared, { budgetMs = BUDGET_MS, rows }: Counting): Promise<void> {
  await beginCount(async (text, values = []) => (await pool.query(text, [...values])).rows, versions);
  const until = performance.now() + budgetMs;
  let most = rows ?? LEAST;
  for (let began = performance.now(); await goOnCounting(pool, versions, most); ) {
    const now = performance.now();
    if (now >= until) return;
    if (rows === undefined) most = sizeAfter(most, now - began);
    began = now;
  }
}

function sizeAfter(most: number, tookMs: number): number {
  if (tookMs < QUICK_MS) return Math.min(most * 2, MOST);
  return tookMs < 2 * QUICK_MS ? most : Math.max(Math.floor(most / 2), LEAST);
}

/** The same as it is known, without counting. */
export async function countedDiff(pool: pg.Pool, versions: Compared): Promise<Diff> {
  const { before, after } = versions;
  const { caughtUp } = await inSnapshot(pool, (read) => reachedBy(read, versions));
  const { rows } = await sql<StoredCount & { of: bigint }>`
    select *, ${estimatedRows(before.schema)} + ${estimatedRows(after.schema)} as of
    from commslog.diff_count where before = ${before.version} and after = ${after.version}`.execute(controlDb(pool));
  const [count] = after.state === 'building' ? [] : rows;
  if (!count) {
    return { against: before.version, complete: false, counted: null, added: 0, removed: 0, changed: 0, byField: {} };
  }
  const isWhole = count.is_whole;
  const share = isWhole ? 1 : Math.min(Number(count.rows) / Math.max(Number(count.of), 1), MOST_UNTIL_WHOLE);
  return {
    against: before.version,
    complete: isWhole && caughtUp && count.caught_up,
    counted: { isWhole, share, from: count.begun_at, to: count.told_at },
    ...sorted(count.counts),
  };
}

/** The columns in which most rows differ first. */
function sorted({ byField, ...counts }: DiffSummary): DiffSummary {
  const fields = Object.entries(byField).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return { ...counts, byField: Object.fromEntries(fields) };
}
