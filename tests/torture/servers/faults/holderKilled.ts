import { pause } from '../../../../src/retry.ts';
import type { ServersFault } from '../serversFault.ts';
import { takenOver } from '../takeOver.ts';

const MAX_AWAY_MS = 5_000;

export const holderKilled: ServersFault = {
  name: 'holder-killed',
  async run(installation) {
    const holder = await installation.holder();
    const from = Date.now();
    await holder.end('SIGKILL');
    const takeOver = await takenOver(installation, from);
    await pause(installation.random.below(MAX_AWAY_MS));
    await holder.start();
    return { seen: 'the stand-by goes on; the one that was killed stands by when it is started again', takeOver };
  },
};
