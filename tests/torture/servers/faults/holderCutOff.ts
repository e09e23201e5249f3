import { pause } from '../../../../src/retry.ts';
import type { ServersFault } from '../serversFault.ts';
import { takenOver } from '../takeOver.ts';

const MAX_LONGER_MS = 10_000;

export const holderCutOff: ServersFault = {
  name: 'holder-cut-off',
  async run(installation) {
    const { toPostgres } = await installation.holder();
    const from = Date.now();
    // what was under way comes through at the end, when another has long taken over
    toPostgres.hold();
    try {
      const takeOver = await takenOver(installation, from);
      await pause(installation.random.below(MAX_LONGER_MS));
      return {
        seen: 'both hear the PBX for a while, one of them stores; what only the other has heard comes from its journal',
        takeOver,
      };
    } finally {
      toPostgres.release();
    }
  },
};
