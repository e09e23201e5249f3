import { pause } from '../../../../src/retry.ts';
import type { Installation } from '../installation.ts';
import type { ServersFault, Told } from '../serversFault.ts';

const MAX_SHORT_MS = 1_000;
/** Longer than a lease lasts: nobody knows any more whose it is. */
const LONG_MS = 12_000;

export const sharedPostgresRestarted: ServersFault = {
  name: 'shared-postgres-restarted',
  run: (installation) => stop(installation, 'fast', installation.random.below(MAX_SHORT_MS)),
};

export const sharedPostgresKilled: ServersFault = {
  name: 'shared-postgres-killed',
  run: (installation) => stop(installation, 'killed', installation.random.below(MAX_SHORT_MS)),
};

export const sharedPostgresAway: ServersFault = {
  name: 'shared-postgres-away',
  run: (installation) => stop(installation, 'fast', LONG_MS),
};

async function stop({ postgres }: Installation, how: 'fast' | 'killed', downMs: number): Promise<Told> {
  await postgres.stop(how);
  await pause(downMs);
  await postgres.startAgain();
  return {
    seen: 'the PBX is heard meanwhile, into the journal, by who does not know another that listens',
    takeOver: null,
  };
}
