import { abortingWith } from '../../aborting.ts';
import { keepPacked, type PackingTries } from '../../adapters/eventstore/index.ts';
import { systemClock } from '../../ports/clock.ts';
import type { Run } from './run.ts';
import type { Database } from './storage.ts';

/** Packs what is old of a log in PostgreSQL until the run ends; any number of servers may do so. */
export function packOldEvents(run: Run, { url }: Database, onTries: (failed: PackingTries | null) => void): void {
  const { config, logger, stop, closing } = run;
  const days = config.PACK_AFTER_DAYS;
  if (config.EVENTSTORE_URL !== undefined || days === 0) return;
  const ending = abortingWith(stop.signal);
  const packing = keepPacked({ url, days, clock: systemClock, logger, signal: ending.signal, onTries });
  closing.add('packing', async () => {
    ending.abort();
    await packing;
  });
}
