import type { Fault } from '../fault.ts';

const COUNTED = /^commslog_pbx_frames\{.*"torn_frames"/;

export const pbxEndsInFrame: Fault = {
  name: 'pbx-ends-in-frame',
  async run(scene) {
    const before = await scene.figure(COUNTED);
    scene.pbx.send('Event: Newstate\r\nChannel: PJSIP/ha');
    scene.pbx.hangUp();
    await scene.hasGap('connection_lost');
    await scene.isCounted(COUNTED, before);
    return 'half a frame is none, and counted; it connects again by itself; a gap (`connection_lost`)';
  },
};
