import { pause } from '../../../../src/retry.ts';
import type { ServersFault } from '../serversFault.ts';
import { takenOver } from '../takeOver.ts';

/** So much is heard meanwhile and not stored. */
const BACKLOG_MS = 3_000;

export const holderKilledWithBacklog: ServersFault = {
  name: 'holder-killed-with-backlog',
  async run(installation) {
    const holder = await installation.holder();
    const from = await installation.postgres.operate(async (operator) => {
      await operator.query('begin; lock table log.head in access exclusive mode');
      await pause(BACKLOG_MS);
      await holder.end('SIGKILL');
      return Date.now();
    });
    const takeOver = await takenOver(installation, from);
    await holder.start();
    return { seen: 'what its journal holds is stored when it is started again: the gap is shorter by that', takeOver };
  },
};
