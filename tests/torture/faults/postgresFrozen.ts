import type { Fault } from '../fault.ts';
import { postgresProcesses } from '../postgresProcesses.ts';

export const postgresFrozen: Fault = {
  name: 'postgres-frozen',
  async run(scene) {
    const frozen = postgresProcesses(scene.folder);
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    try {
      await scene.isSeen(/does not answer/);
    } finally {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
    }
    return '`/readyz` says that it does not answer; what is heard waits in the journal meanwhile';
  },
};
