import type { PackingTries } from '../../adapters/eventstore/index.ts';
import type { Leases } from '../../adapters/postgres/index.ts';
import type { ListenerState } from '../../listening/index.ts';
import { RefusedFolder } from '../../log/refusedFolder.ts';
import type { RefusedFacts } from '../../ports/refusedFacts.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import { fillGaps } from './backfilling.ts';
import { listenToDemo } from './demo.ts';
import type { Identity } from './identity.ts';
import type { LateLog } from './lateLog.ts';
import { configuredSources, listen } from './listening.ts';
import { packOldEvents } from './packing.ts';
import { type ProjectorTries, project } from './projecting.ts';
import { type Run, whenThere } from './run.ts';
import { type Database, keepOurLeases, type Tables } from './storage.ts';

/** What a server does besides answering HTTP. */
export type Work = {
  readonly leases: Pick<Leases, 'states' | 'tryTake' | 'wanted'>;
  readonly refusedFacts: RefusedFacts;
  readonly failedTries: ProjectorTries;
  packingTries(): PackingTries | null;
  pbxStates(): readonly ListenerState[];
  stopListening(): Promise<unknown>;
  /** From now on keeps the call log up to date, fills the gaps of what was listened to, and packs what is old. */
  goOn(tables: Tables): Promise<void>;
};

/** Listens from now on. Errors: those of a database that refuses us, `DATA_DIR_IN_USE`, those of the file system. */
export async function beginToListen(run: Run, database: Database, server: Identity, log: LateLog): Promise<Work> {
  const { config, logger, isDemo } = run;
  const leases = await keepOurLeases(run, database, server);
  const refusedFacts = new RefusedFolder(dataDirOf(config));
  const deps = { server, log, leases, refusedFacts };
  const sources = configuredSources(config.pbxs, logger);
  const listenings = [await listen(run, sources, deps)];
  const failedTries: ProjectorTries = new Map();
  let packingTries: PackingTries | null = null;
  return {
    leases,
    refusedFacts,
    failedTries,
    packingTries: () => packingTries,
    pbxStates: () => listenings.flatMap((listening) => listening.states()),
    stopListening: () => Promise.all(listenings.map((listening) => listening.stop())),
    async goOn(tables) {
      if (!isDemo && sources.length === 0) logger.warn('no PBX is configured (AMI_HOST): nothing is listened to');
      await project(run, { ...tables, leases, log, failedTries });
      const current = () => whenThere(run, () => tables.readModel.current());
      for (const listening of listenings) listening.resume(current);
      fillGaps(run, log, leases);
      packOldEvents(run, database, (failed) => {
        packingTries = failed;
      });
      if (isDemo) listenings.push(await listenToDemo(run, current, deps));
    },
  };
}

/** Of a server that leaves all of it to others. */
export const NO_WORK: Work = {
  leases: { states: () => new Map(), tryTake: async () => null, wanted: () => null },
  refusedFacts: { keep: () => false, state: () => ({ kept: 0, lost: 0 }) },
  failedTries: new Map(),
  packingTries: () => null,
  pbxStates: () => [],
  stopListening: async () => {},
  goOn: async () => {},
};
