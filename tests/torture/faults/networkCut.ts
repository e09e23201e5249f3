import { pause } from '../../../src/retry.ts';
import type { Fault } from '../fault.ts';

const DOWN_MS = 2_000;

export const networkCut: Fault = {
  name: 'network-cut',
  async run(scene) {
    await scene.network.down();
    await scene.isSeen(/was lost|cannot be reached|refuse/i);
    await pause(scene.random.below(DOWN_MS));
    await scene.network.up();
    await scene.isWell();
    await scene.hasGap('connection_lost');
    return '`/readyz` warns; it connects again by itself; a gap (`connection_lost`)';
  },
};
