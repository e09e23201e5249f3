import type { Fault } from '../fault.ts';
import { onPostgres } from '../onPostgres.ts';

const STOPS_WITHIN_MS = 30_000;

export const stoppedWithBacklog: Fault = {
  name: 'stopped-with-backlog',
  async run(scene) {
    await onPostgres(scene.folder, async (operator) => {
      await operator.query('begin; lock table log.head in access exclusive mode');
      await scene.isSeen(/wait in the journal/);
      const from = Date.now();
      const code = await scene.end('SIGTERM');
      if (code !== 0) throw new Error(`it ended with ${code}`);
      if (Date.now() - from > STOPS_WITHIN_MS) throw new Error('it did not end in time');
    });
    await scene.isLogged('the rest waits in the journal for the next start', 0);
    await scene.start();
    await scene.isWell();
    await scene.hasGap('stopped');
    return 'ends with 0 and says what waits; the next start stores it; a gap (`stopped`)';
  },
};
