import type { Fault } from '../fault.ts';

/** Longer than any line may be, and less than what the PBX lets wait before it cuts us off. */
const LINE_BYTES = 2_000_000;

export const pbxSendsLongLine: Fault = {
  name: 'pbx-sends-long-line',
  async run(scene) {
    scene.pbx.send(`Event: Newchannel\r\nChannel: ${'x'.repeat(LINE_BYTES)}\r\n\r\n`);
    await scene.hasGap('unreadable');
    return 'it is not kept in memory: the connection is left and made anew; a gap (`unreadable`)';
  },
};
