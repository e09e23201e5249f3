import { pause } from '../../../src/retry.ts';
import type { Fault } from '../fault.ts';
import { onPostgres } from '../onPostgres.ts';

const TIMES = 3;
const PAUSE_MS = 500;
const END_ALL = `select pg_terminate_backend(pid) from pg_stat_activity
  where pid <> pg_backend_pid() and backend_type = 'client backend'`;

export const connectionsEnded: Fault = {
  name: 'connections-ended',
  async run(scene) {
    let ended = 0;
    await onPostgres(scene.folder, async (operator) => {
      for (let time = 0; time < TIMES; time += 1) {
        ended += (await operator.query(END_ALL)).rowCount ?? 0;
        await pause(scene.random.below(PAUSE_MS));
      }
    });
    if (ended < TIMES) throw new Error(`only ${ended} connections were ended`);
    return 'every connection is made again; the leases outlive that, and appends whose answer was lost are found out';
  },
};
