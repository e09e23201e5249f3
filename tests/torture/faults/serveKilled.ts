import { pause } from '../../../src/retry.ts';
import type { Fault } from '../fault.ts';

const MAX_AWAY_MS = 2_000;

export const serveKilled: Fault = {
  name: 'serve-killed',
  async run(scene) {
    await pause(scene.random.below(MAX_AWAY_MS));
    await scene.end('SIGKILL');
    await pause(scene.random.below(MAX_AWAY_MS));
    await scene.start();
    await scene.isWell();
    await scene.hasGap('killed');
    return 'what was heard is stored by the next start; from the last proof of hearing on a gap (`killed`)';
  },
};
