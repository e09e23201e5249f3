import { pause } from '../../../src/retry.ts';
import type { Fault } from '../fault.ts';
import { eventStoreNetwork, onEventStore } from '../stages.ts';

const TIMES = 3;
const UP_MS = 2_000;

export const eventStoreGone: Fault = {
  name: 'event-store-gone',
  stage: onEventStore,
  async run(scene) {
    const network = eventStoreNetwork();
    for (let time = 0; time < TIMES; time += 1) {
      await network.down();
      await scene.isSeen(/wait in the journal|waits in the journal/);
      await network.up();
      await pause(scene.random.below(UP_MS));
    }
    return '`/readyz` says what waits in the journal; everything is stored when it is back';
  },
};
