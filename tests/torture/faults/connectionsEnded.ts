import { pause } from '../../../src/retry.ts';
import type { Fault } from '../fault.ts';
import { onPostgres } from '../onPostgres.ts';

const TIMES = 3;
const PAUSE_MS = 500;

export const connectionsEnded: Fault = {
  name: 'connections-ended',
  async run(scene) {
    const lost = 'lock';
    const before = scene.logged(lost);
    await onPostgres(scene.folder, async (operator) => {
      for (let time = 0; time < TIMES; time += 1) {
        await operator.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()');
        await pause(scene.random.below(PAUSE_MS));
      }
    });
    await scene.isLogged(lost, before);
    return 'the log says that the lock was lost; it is taken again, and nothing is stored in between';
  },
};
