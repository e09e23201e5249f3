import { pause } from '../../../../src/retry.ts';
import type { ServersFault } from '../serversFault.ts';

const AWAY_MS = 8_000;

export const standByKilled: ServersFault = {
  name: 'stand-by-killed',
  async run(installation) {
    const holder = await installation.holder();
    const standBy = await installation.standBy();
    await standBy.end('SIGKILL');
    await pause(AWAY_MS);
    if ((await installation.holder()) !== holder) throw new Error('another listens');
    await standBy.start();
    return { seen: 'nothing comes of it', takeOver: null };
  },
};
