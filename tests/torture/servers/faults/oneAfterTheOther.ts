import type { ServersFault } from '../serversFault.ts';

export const oneAfterTheOther: ServersFault = {
  name: 'one-after-the-other',
  async run(installation) {
    for (const server of installation.listeners) {
      const code = await server.end('SIGTERM');
      if (code !== 0) throw new Error(`${server.name} ended with ${code}`);
      await server.start();
      await installation.isWell();
    }
    return { seen: 'as an upgrade does it: each is stopped and started, and is well before the next', takeOver: null };
  },
};
