import { hasCode } from '../../errors.ts';
import type { Rebuild } from '../../ports/rebuilds.ts';
import { print } from '../text/print.ts';
import { type VersionsCommand, whileFollowed, withVersions } from './withVersions.ts';

/** A version that nobody has followed for long may need as much to catch up. */
const MAX_TRIES = 60;

/** `commslog activate`: lets readers see this version from now on. */
export async function activate(version: number, { force }: { readonly force: boolean }): Promise<void> {
  await withVersions(async (command) => {
    const { rebuilds, by } = command;
    say(await caughtUp(command, () => rebuilds.activate(version, { force }, by)));
  });
}

/** `commslog rollback`: goes back to the version that was active before. */
export async function rollback(): Promise<void> {
  await withVersions(async (command) => {
    const { rebuilds, by } = command;
    const { active } = await rebuilds.rulesInForce();
    say(await caughtUp(command, () => rebuilds.rollback(active.version, by)));
  });
}

/** Tries again while the version catches up. */
function caughtUp(command: VersionsCommand, work: () => Promise<Rebuild>): Promise<Rebuild> {
  return whileFollowed(command, async () => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (!hasCode(error, 'REBUILD_BEHIND') || tries === MAX_TRIES) throw error;
      }
    }
  });
}

function say({ version, derivation }: Rebuild): void {
  print(`Version ${version} (${derivation}) is served from now on. \`commslog rollback\` goes back.`);
}
