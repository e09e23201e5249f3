import type { ServersFault } from '../serversFault.ts';
import { takenOver } from '../takeOver.ts';

export const handedOver: ServersFault = {
  name: 'handed-over',
  async run(installation) {
    const holder = await installation.holder();
    const from = Date.now();
    const ended = holder.end('SIGTERM');
    const takeOver = await takenOver(installation, from);
    const code = await ended;
    await holder.start();
    if (code !== 0) throw new Error(`it ended with ${code}`);
    return { seen: 'the successor is logged in before it leaves', takeOver };
  },
};
