import { pause } from '../../../../src/retry.ts';
import type { ServersFault } from '../serversFault.ts';
import { takenOver } from '../takeOver.ts';

const MAX_AWAY_MS = 3_000;

export const allKilled: ServersFault = {
  name: 'all-killed',
  async run(installation) {
    const { listeners, random } = installation;
    await Promise.all(listeners.map((server) => server.end('SIGKILL')));
    await pause(random.below(MAX_AWAY_MS));
    const from = Date.now();
    await Promise.all(listeners.map((server) => server.start()));
    return {
      seen: 'one of them listens when they are started, counted from there',
      takeOver: await takenOver(installation, from),
    };
  },
};
