import { abortingWith } from '../../aborting.ts';
import { openCallRecords } from '../../adapters/cdr/index.ts';
import type { Leases } from '../../adapters/postgres/index.ts';
import { backfill } from '../../importing/index.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { leaseOnPbx, whileHeld } from '../../ports/lease.ts';
import { VERSION } from '../../version.ts';
import type { Run } from './run.ts';

/**
 * Brings in the call records of every gap, as far as it is known where they are, until the run ends: of the PBXs to which
 * this server listens.
 */
export function fillGaps(run: Run, log: EventStore, leases: Leases): void {
  const { config, logger, stop, closing } = run;
  const ending = abortingWith(stop.signal);
  const filling = config.pbxs.map(async ({ id: pbx, timezone, cdrDatabaseUrl: url }) => {
    const open = url === null ? null : () => openCallRecords(url);
    const lease = leases.wanted(leaseOnPbx(pbx));
    if (lease === null) return;
    await whileHeld(lease, ending.signal, (signal) =>
      backfill({ log, pbx, zone: timezone ?? 'UTC', open, clock: systemClock, app: VERSION, logger, signal }),
    );
  });
  closing.add('call records', async () => {
    ending.abort();
    await Promise.all(filling);
  });
}
