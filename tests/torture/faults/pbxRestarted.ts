import type { Fault } from '../fault.ts';

const MAX_DOWN_MS = 1_000;

export const pbxRestarted: Fault = {
  name: 'pbx-restarted',
  async run(scene) {
    await scene.pbx.restart(scene.random.below(MAX_DOWN_MS));
    await scene.isWell();
    await scene.hasGap('connection_lost');
    return 'proved by the time of its start, however soon it is back: the calls of before have ended';
  },
};
