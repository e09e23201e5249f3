import type { Fault } from '../fault.ts';

const NOISE_BYTES = 20_000;
const COUNTED = /^commslog_pbx_frames\{.*"(?:malformed_lines|nameless_frames|torn_frames)"/;

export const pbxSendsGarbage: Fault = {
  name: 'pbx-sends-garbage',
  async run(scene) {
    const before = await scene.figure(COUNTED);
    const noise = Buffer.from(Array.from({ length: NOISE_BYTES }, () => scene.random.below(256)));
    scene.pbx.send('\0\0\0\r\n\r\nEvent: \0\r\nUniqueid: \0\r\n\r\n');
    scene.pbx.send(`${':\r\n'.repeat(1_000)}\r\n`);
    scene.pbx.send(Buffer.concat([noise, Buffer.from('\r\n\r\n')]));
    await scene.isCounted(COUNTED, before);
    return 'counted by kind in `/metrics`; the frames around it are heard as ever';
  },
};
