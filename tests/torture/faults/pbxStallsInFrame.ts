import type { Fault } from '../fault.ts';

export const pbxStallsInFrame: Fault = {
  name: 'pbx-stalls-in-frame',
  async run(scene) {
    scene.pbx.isQuiet = true;
    scene.pbx.send('Event: Newchannel\r\nChannel: PJSIP/half');
    try {
      await scene.isSeen(/What is read now may be \d+ s old|does not answer|was lost/);
      await scene.hasGap('no_answer');
    } finally {
      scene.pbx.isQuiet = false;
    }
    return 'found by the Ping that nobody answers; it connects anew, the half frame is none; a gap (`no_answer`)';
  },
};
