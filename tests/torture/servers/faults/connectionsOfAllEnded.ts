import { pause } from '../../../../src/retry.ts';
import type { ServersFault } from '../serversFault.ts';

const TIMES = 5;
const MAX_PAUSE_MS = 3_000;
const END_ALL = `select pg_terminate_backend(pid) from pg_stat_activity
  where pid <> pg_backend_pid() and backend_type = 'client backend'`;

export const connectionsOfAllEnded: ServersFault = {
  name: 'all-connections-ended',
  async run({ postgres, random }) {
    for (let time = 0; time < TIMES; time += 1) {
      await postgres.operate((operator) => operator.query(END_ALL));
      await pause(random.below(MAX_PAUSE_MS));
    }
    return { seen: 'every connection is made again; appends whose answer was lost are found out', takeOver: null };
  },
};
