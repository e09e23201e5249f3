import type { Fault } from '../fault.ts';
import { postmasterOf } from '../postgresProcesses.ts';

const RUNS_AGAIN = 'the embedded PostgreSQL runs again';

export const postgresKilled: Fault = {
  name: 'postgres-killed',
  async run(scene) {
    const before = scene.logged(RUNS_AGAIN);
    process.kill(postmasterOf(scene.folder), 'SIGKILL');
    await scene.isLogged(RUNS_AGAIN, before);
    return 'it is started again, and the log says so; what is heard waits in the journal meanwhile';
  },
};
