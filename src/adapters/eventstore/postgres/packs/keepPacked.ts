import type { Logger } from 'pino';
import { nameOf } from '../../../../errorPolicy.ts';
import { createBackoff, pause } from '../../../../retry.ts';
import { type Due, packDue, packingPool } from './packLog.ts';

/** How often is looked whether something is due. */
const LOOK_EVERY_MS = 600_000;
const RETRIES = { minMs: 10_000, maxMs: LOOK_EVERY_MS };

/** Tries in a row that failed, and the name of what the last one failed by. */
export type PackingTries = { readonly count: number; readonly lastError: string };

export type KeepPackedOptions = Due & {
  readonly url: string;
  /** PostgreSQL schema of the log's tables; default `log` */
  readonly schema?: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** is told of each try that fails, and null when one does not any more */
  readonly onTries: (failed: PackingTries | null) => void;
  /** how long it waits after a try that failed; default: 10 s to ten minutes */
  readonly retries?: { readonly minMs: number; readonly maxMs: number };
};

/**
 * Packs what is due, block by block, until `signal` aborts. After each block it rests for as long as that took, so a large log
 * that was never packed takes half a processor for hours, and no more. Never rejects: what fails is told, and tried again.
 */
export async function keepPacked(options: KeepPackedOptions): Promise<void> {
  const { url, schema = 'log', logger, signal, onTries, retries = RETRIES } = options;
  const pool = packingPool(url);
  const waits = createBackoff(retries);
  let failures = 0;
  let events = 0;
  while (!signal.aborted) {
    const from = performance.now();
    try {
      const packed = await packDue(pool, schema, options);
      if (failures > 0) onTries(null);
      failures = 0;
      waits.reset();
      events += packed;
      if (packed === 0 && events > 0) {
        logger.info({ events }, 'old events of the log were packed');
        events = 0;
      }
      await pause(packed > 0 ? performance.now() - from : LOOK_EVERY_MS, signal);
    } catch (error) {
      failures += 1;
      onTries({ count: failures, lastError: nameOf(error) });
      if (failures === 1) logger.warn({ error: nameOf(error) }, 'cannot pack old events of the log, trying again');
      await pause(waits.next(), signal);
    }
  }
  await pool.end();
}
