import { join } from 'node:path';
import { type LiveSourceOptions, liveSource } from '../../adapters/ami/index.ts';
import type { Leases } from '../../adapters/postgres/index.ts';
import type { PbxConfig } from '../../config.ts';
import { asThePbxSaysIt } from '../../domain/callId.ts';
import type { CurrentCall } from '../../domain/entry.ts';
import type { Micros } from '../../domain/time.ts';
import {
  Journal,
  type ListenerState,
  MAX_STORING,
  MAX_UNWRITTEN,
  MemoryBudget,
  type MemoryShare,
  type Sharing,
  startListener,
  type UnendedCall,
  wordsSchema,
} from '../../listening/index.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { leaseOnJournal, leaseOnPbx } from '../../ports/lease.ts';
import type { PbxSource } from '../../ports/pbxSource.ts';
import type { RefusedFacts } from '../../ports/refusedFacts.ts';
import { VERSION } from '../../version.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import type { Logger } from '../opening/logger.ts';
import type { Identity } from './identity.ts';
import type { Run } from './run.ts';
import { CLOSE_SAFELY_MS } from './shutdown.ts';

/** How a configured PBX is reached. */
export function connectionOf(pbx: PbxConfig): Pick<LiveSourceOptions, 'host' | 'port' | 'username' | 'secret' | 'tls'> {
  const { host, port, username, password: secret, tls } = pbx;
  return { host, port, username, secret, ...(tls === null ? {} : { tls: tls.ca === null ? {} : { ca: tls.ca } }) };
}

export function configuredSources(pbxs: readonly PbxConfig[], logger: Logger): PbxSource[] {
  return pbxs.map((pbx) => liveSource({ pbx: pbx.id, ...connectionOf(pbx), clock: systemClock, logger }));
}

/** Who listens to the PBXs, and how it is with each. */
export type Listening = {
  states(): readonly ListenerState[];
  /**
   * From now on it can be asked which calls are in progress: where listening begins they are given up when nothing more is
   * heard of them. `lastHeardAt`: when they were last heard of; default: when listening begins.
   */
  resume(calls: () => Promise<readonly CurrentCall[]>, lastHeardAt?: Micros): void;
  stop(): Promise<unknown>;
};

export type ListeningDeps = {
  /** which of the servers that share the PBXs this is */
  readonly server: Identity;
  readonly log: EventStore;
  readonly leases: Leases;
  readonly refusedFacts: RefusedFacts;
};

/**
 * Listens to every source from now on. What is heard waits in the journal until its lease is held and the log is there.
 * Errors: `DATA_DIR_IN_USE`, those of the file system.
 */
export async function listen(run: Run, sources: readonly PbxSource[], deps: ListeningDeps): Promise<Listening> {
  const { logger, closing, stop } = run;
  const { server, log, leases, refusedFacts } = deps;
  let tell: (openCalls: OpenCalls) => void = () => {};
  const told = new Promise<OpenCalls>((resolve) => {
    tell = resolve;
  });
  stop.signal.addEventListener('abort', () => tell(async () => []));
  const storing = new MemoryBudget(sources.length, MAX_STORING);
  const unwritten = new MemoryBudget(sources.length, MAX_UNWRITTEN);
  const start = async (source: PbxSource) => {
    const { pbx } = source;
    const journal = await openJournal(run, pbx, unwritten.share());
    const openCalls = async () => {
      const now = systemClock.now();
      return (await told)(pbx, now);
    };
    const own = { source, journal, openCalls, memory: storing.share(), sharing: shared(leases, pbx, server) };
    return startListener({ ...own, log, refusedFacts, clock: systemClock, logger, app: VERSION });
  };
  const listeners = await Promise.all(sources.map(start));
  for (const { done } of listeners) done.catch(stop.fail);
  const listening: Listening = {
    states: () => listeners.map((listener) => listener.state()),
    resume: (calls, lastHeardAt) =>
      tell(async (pbx, now) => {
        const ids = (await calls())
          .filter((call) => call.pbx === pbx)
          .map((call) => asThePbxSaysIt(call.ext_message_id));
        return ids.map((id) => ({ uniqueid: id, linkedid: id, lastFrameAt: lastHeardAt ?? now }));
      }),
    stop: () => Promise.all(listeners.map((listener) => listener.stop())),
  };
  closing.add('listeners', listening.stop, CLOSE_SAFELY_MS);
  return listening;
}

type OpenCalls = (pbx: string, now: Micros) => Promise<readonly UnendedCall[]>;

/** By which leases the servers agree on who listens to a PBX, and who stores what a journal has left of it. */
function shared(leases: Leases, pbx: string, server: Identity): Sharing {
  return {
    server,
    lease: leases.want(leaseOnPbx(pbx), wordsSchema),
    takeTurn: () => leases.tryTake(leaseOnJournal(pbx)),
  };
}

/** What was heard of a PBX and is not yet in the log. */
export function openJournal(
  { config, logger }: Pick<Run, 'config' | 'logger'>,
  pbx: string,
  memory?: MemoryShare,
): Promise<Journal> {
  const folder = join(dataDirOf(config), 'journal', pbx);
  return Journal.open({ folder, logger: logger.child({ pbx }), ...(memory ? { memory } : {}) });
}
