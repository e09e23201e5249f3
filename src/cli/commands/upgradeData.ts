import { carryOverLog } from '../../adapters/eventstore/index.ts';
import { type Upgraded, upgradeCluster } from '../../adapters/postgres/index.ts';
import { loadConfig } from '../../config.ts';
import { CommslogError } from '../../errors.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import { leavingNoServer } from '../opening/leavingNoServer.ts';
import { inform } from '../text/print.ts';
import { stepProgress } from '../text/stepProgress.ts';

export type UpgradeDataOptions = { readonly binaries?: string; readonly back: boolean };

/**
 * `commslog upgrade-data [--binaries FOLDER] [--back]`: carries the log of the embedded PostgreSQL over into one of another
 * major version, beside the old data. After Ctrl-C or a failure nothing has changed, and the same command begins again.
 * Errors: those of `upgradeCluster` and `carryOverLog`.
 */
export async function upgradeData({ binaries, back }: UpgradeDataOptions): Promise<void> {
  const config = loadConfig(process.env);
  if (config.DATABASE_URL !== undefined)
    throw new CommslogError(
      'CONFIG_INVALID',
      'DATABASE_URL is set: that PostgreSQL is upgraded as its own documentation says.',
    );
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const now = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  const options = { binaries: binaries ?? null, isBack: back, now };
  const carrying = { onProgress: stepProgress(), signal: stop.signal };
  try {
    const upgrade = () => upgradeCluster(dataDirOf(config), options, (from, to) => carryOverLog(from, to, carrying));
    tell(await leavingNoServer(upgrade));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    inform('interrupted: nothing was changed; the same command begins again');
    process.exitCode = 1;
  }
}

function tell(upgraded: Upgraded<number>): void {
  switch (upgraded.kind) {
    case 'nothing':
      inform(`the data is of PostgreSQL ${upgraded.to} already`);
      return;
    case 'finished':
      inform(`an interrupted upgrade is finished: the data is of PostgreSQL ${upgraded.to}`);
      return;
    case 'upgraded':
      inform(
        `${upgraded.carried} events are in PostgreSQL ${upgraded.to} as they were in PostgreSQL ${upgraded.from}.`,
      );
      inform(`The old data is kept in ${upgraded.kept}: delete it when all is well.`);
      inform('The next start builds the call log anew from them; people sign in again.');
  }
}
