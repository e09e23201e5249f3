import type pg from 'pg';
import { createPool, type PoolOptions } from '../../postgres.ts';

/** Whoever reads is told before this, by a deadline of its own; then PostgreSQL need not go on. */
const READ_MS = 9_500;
/** Whole versions and histories are looked at: to count their rows alone takes seconds with millions. */
const ADMIN_MS = 600_000;

/**
 * Connections of each kind of work, so that none waits for another: what people ask for never takes those that the projectors
 * need, nor what takes long those of what is quick. The log and the health have connections of their own.
 */
const POOLS = {
  /** versions that are followed and built */
  projecting: { max: 5 },
  /** sign-in, lists, entries, the live feed */
  reading: { max: 6, statementTimeoutMs: READ_MS },
  /** searches, counts, reports, exports; who waits longer is told to ask again */
  expensive: { max: 3, statementTimeoutMs: READ_MS, waitMs: 4_000 },
  /** what administrators and auditors do with versions and histories */
  administering: { max: 3, statementTimeoutMs: ADMIN_MS },
} as const satisfies Record<string, PoolOptions>;

export type Pools = Readonly<Record<keyof typeof POOLS, pg.Pool>>;

/** The pools over one database; `onError` hears of connections that are lost in use. */
export function openPools(url: string, onError: () => void): Pools & { close(): Promise<void> } {
  const open = (kind: keyof typeof POOLS) => createPool(url, { ...POOLS[kind], onError });
  const pools: Pools = {
    projecting: open('projecting'),
    reading: open('reading'),
    expensive: open('expensive'),
    administering: open('administering'),
  };
  return {
    ...pools,
    async close() {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
    },
  };
}
