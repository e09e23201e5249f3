import type { Fault } from '../fault.ts';

export const networkStalled: Fault = {
  name: 'network-stalled',
  async run(scene) {
    scene.network.hold();
    try {
      await scene.isSeen(/What is read now may be \d+ s old/);
    } finally {
      scene.network.release();
    }
    return '`/readyz` says how old what is read may be; the rows say `late`; nothing is lost';
  },
};
