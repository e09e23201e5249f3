import { writeFileSync } from 'node:fs';
import { pause } from '../../../src/retry.ts';
import type { Fault } from '../fault.ts';
import { clockFile, withFakedClock } from '../stages.ts';

const LASTS_MS = 10_000;

export const clockStepped: Fault = {
  name: 'clock-stepped',
  stage: withFakedClock,
  async run(scene) {
    for (const step of ['+90s', '-90s', '+0s']) {
      writeFileSync(clockFile(scene.folder), step);
      await pause(LASTS_MS);
    }
    return 'the connection stays, no call is lost or doubled';
  },
};
