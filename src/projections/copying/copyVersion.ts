import type pg from 'pg';
import { rulesByPbx } from '../people/whose.ts';
import { moveCheckpoint, NOTHING_PROJECTED, readCheckpoint, refuseAnotherLog } from '../tables/checkpoint.ts';
import { inLongSnapshot } from '../tables/transaction.ts';
import { copyCalls } from './copyCalls.ts';
import { copyCurrentCalls } from './copyCurrentCalls.ts';
import { copyCustomers } from './copyCustomers.ts';
import { copyTables, tableOf } from './copyTables.ts';
import type { Within } from './within.ts';

/** So many entries of so many, which are all up to that position of the log. */
export type Copied = { readonly entries: number; readonly of: number; readonly upTo: bigint };

export type Copying = Omit<Within, 'sql'> & {
  readonly pool: pg.Pool;
  readonly onProgress: (copied: Copied) => Promise<void>;
};

/**
 * Fills an empty version with the calls of another that differs from it only in whose they are: what was folded is taken as
 * it is, numbers are read and matched anew. All or nothing; afterwards it stands where the source stood.
 * Errors: `LOG_IS_ANOTHER`, `LOG_TOO_SHORT` when the source is not of this log; what the signal aborts with; `FENCED` when
 * another one has begun to fill the version; those of PostgreSQL and the log.
 */
export async function copyVersion({ pool, onProgress, ...copying }: Copying): Promise<void> {
  const { version, source, log } = copying;
  await inLongSnapshot(pool, version.schema, async (sql) => {
    const within = { ...copying, sql };
    const stored = await readCheckpoint(sql, tableOf(source, 'checkpoint'));
    await refuseAnotherLog(stored, log);
    const { position } = stored.at;
    await moveCheckpoint(sql, NOTHING_PROJECTED, { position, retries: 0n });
    await sql('update checkpoint set directory_at = $1', [stored.directoryAt]);
    await copyTables(within);
    await copyCustomers(within, position);
    const rulesOf = rulesByPbx(version.rules);
    await copyCurrentCalls(within, rulesOf);
    await copyCalls(within, rulesOf, (entries, of) => onProgress({ entries, of, upTo: position }));
  });
}
