import { pause } from '../../../../src/retry.ts';
import type { ServersFault } from '../serversFault.ts';
import { takenOver } from '../takeOver.ts';

const MAX_LONGER_MS = 5_000;

export const holderFrozen: ServersFault = {
  name: 'holder-frozen',
  async run(installation) {
    const holder = await installation.holder();
    const from = Date.now();
    holder.freeze();
    try {
      const takeOver = await takenOver(installation, from);
      await pause(installation.random.below(MAX_LONGER_MS));
      return {
        seen: 'when it wakes it finds another in its place: it appends nothing, leaves the PBX, and stands by',
        takeOver,
      };
    } finally {
      holder.thaw();
    }
  },
};
