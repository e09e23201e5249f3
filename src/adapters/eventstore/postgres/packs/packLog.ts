import type pg from 'pg';
import type { Clock } from '../../../../ports/clock.ts';
import { createPool } from '../../../../postgres.ts';
import { toLogError } from '../errors.ts';
import { packBlock } from './packBlock.ts';

const DAY_MS = 86_400_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Who erases waits for a transaction that packs: one whose process is frozen must not keep it. */
const MAX_IDLE_MS = 5_000;

export type Due = {
  /** since an event was recorded */
  readonly days: number;
  readonly clock: Clock;
};

export type PackLogOptions = Due & {
  readonly onProgress: (events: number) => void;
  /** between two blocks it ends */
  readonly signal: AbortSignal;
};

/** Packs what is due of the log in this database; the number of events. Errors: `LOG_HOLE`, those of `toLogError`. */
export async function packLog(url: string, { onProgress, signal, ...due }: PackLogOptions): Promise<number> {
  const pool = packingPool(url);
  try {
    let events = 0;
    for (let packed = 1; packed > 0 && !signal.aborted; ) {
      packed = await packDue(pool, 'log', due);
      events += packed;
      onProgress(events);
    }
    return events;
  } catch (error) {
    throw toLogError(error);
  } finally {
    await pool.end();
  }
}

/** One block, if it is due. As `packBlock`. */
export function packDue(pool: pg.Pool, schema: string, { days, clock }: Due): Promise<number> {
  return packBlock(pool, schema, { before: clock.now() / 1_000 - days * DAY_MS });
}

/** One connection, for nothing else: who appends or reads never waits for one. */
export function packingPool(url: string): pg.Pool {
  return createPool(url, { max: 1, queryTimeoutMs: STATEMENT_TIMEOUT_MS, maxIdleInTransactionMs: MAX_IDLE_MS });
}
