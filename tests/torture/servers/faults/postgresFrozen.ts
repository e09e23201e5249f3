import { pause } from '../../../../src/retry.ts';
import { comes } from '../../asking.ts';
import type { Installation } from '../installation.ts';
import type { Server } from '../server.ts';
import type { ServersFault } from '../serversFault.ts';

/** Longer than a lease lasts: nobody knows any more whose it is. */
const FROZEN_MS = 12_000;
const SAID_WITHIN_MS = 30_000;

export const sharedPostgresFrozen: ServersFault = {
  name: 'shared-postgres-frozen',
  async run(installation) {
    const letGoOn = installation.postgres.freeze();
    const allSaySo = () => Promise.all(installation.servers().map((server) => saysSo(installation, server)));
    try {
      await allSaySo();
      await pause(FROZEN_MS);
      // whoever may listen does, and all of them answer
      const said = (await allSaySo()).join('; ');
      return {
        seen: `each server is alive, and says what is wrong (${said}); all go on by themselves`,
        takeOver: null,
      };
    } finally {
      letGoOn();
    }
  },
};

/** The checks of `/readyz` that do not pass at a server. Errors: that of the database is none of them, `/livez` fails. */
async function saysSo(installation: Installation, server: Server): Promise<string> {
  let ill: readonly string[] = [];
  await comes(`${server.name} says that the database is away`, SAID_WITHIN_MS, async () => {
    ill = (await installation.illOf(server)).map(({ name }) => name);
    return ill.includes('database');
  });
  const { status } = await server.ask('/livez');
  if (status !== 200) throw new Error(`${server.name} says that it does not live: ${status}`);
  return `${server.name}: ${ill.join(', ')}`;
}
