import type { ServersFault } from '../serversFault.ts';
import { takenOver } from '../takeOver.ts';

export const handedOver: ServersFault = {
  name: 'handed-over',
  async run(installation) {
    const holder = await installation.holder();
    const from = Date.now();
    const ended = holder.end('SIGTERM').then((code) => ({ code, seconds: Math.round((Date.now() - from) / 1_000) }));
    const takeOver = await takenOver(installation, from);
    const { code, seconds } = await ended;
    await holder.start();
    if (code !== 0) throw new Error(`it ended with ${code}`);
    return { seen: `the successor is logged in before it leaves, and it has ended after ${seconds} s`, takeOver };
  },
};
