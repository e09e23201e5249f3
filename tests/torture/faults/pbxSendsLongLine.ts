import type { Fault } from '../fault.ts';

const LINE_BYTES = 5_000_000;

export const pbxSendsLongLine: Fault = {
  name: 'pbx-sends-long-line',
  async run(scene) {
    scene.pbx.send(`Event: Newchannel\r\nChannel: ${'x'.repeat(LINE_BYTES)}\r\n\r\n`);
    await scene.hasGap('unreadable');
    return 'it is not kept in memory: the connection is left and made anew; a gap (`unreadable`)';
  },
};
