import { openCallRecords } from '../../adapters/cdr/index.ts';
import type { Micros } from '../../domain/time.ts';
import { backfill } from '../../importing/index.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { VERSION } from '../../version.ts';
import type { Run } from './run.ts';

/** Brings in the call records of every gap of the PBXs whose records are known where, until the run ends. */
export function fillGaps(run: Run, log: EventStore, since: Micros): void {
  const { config, logger, stop, closing } = run;
  const ending = new AbortController();
  const signal = AbortSignal.any([stop.signal, ending.signal]);
  const filling = config.pbxs.flatMap(({ id: pbx, timezone, cdrDatabaseUrl: url }) => {
    if (url === null) return [];
    const open = () => openCallRecords(url);
    const own = { log, pbx, zone: timezone ?? 'UTC', open, since, clock: systemClock, app: VERSION, logger, signal };
    return [backfill(own)];
  });
  closing.add('call records', async () => {
    ending.abort();
    await Promise.all(filling);
  });
}
