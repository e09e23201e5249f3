import { pause } from '../../../../src/retry.ts';
import type { Installation } from '../installation.ts';
import type { ServersFault } from '../serversFault.ts';

const AGAIN = 8;
const MAX_PAUSE_MS = 1_500;
/** Those on which leases are kept hold this lock, shared. */
const END_LEASE_CONNECTIONS =
  "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 7266001";

export const leaseConnectionEnded: ServersFault = {
  name: 'lease-connection-ended',
  run: (installation) => end(installation, 1),
};

export const leaseConnectionEndedAgain: ServersFault = {
  name: 'lease-connection-ended-again-and-again',
  run: (installation) => end(installation, AGAIN),
};

async function end({ postgres, random }: Installation, times: number) {
  let ended = 0;
  for (let time = 0; time < times; time += 1) {
    ended += (await postgres.operate((operator) => operator.query(END_LEASE_CONNECTIONS))).rowCount ?? 0;
    await pause(random.below(MAX_PAUSE_MS));
  }
  if (ended < times) throw new Error(`only ${ended} connections were ended`);
  return {
    seen: `${ended} connections ended: it is made again, and nothing is stored before it is known who may`,
    takeOver: null,
  };
}
