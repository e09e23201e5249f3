import { type LiveSourceOptions, liveSource } from '../../adapters/ami/index.ts';
import type { PbxConfig } from '../../config.ts';
import type { CurrentCall } from '../../domain/entry.ts';
import type { Micros } from '../../domain/time.ts';
import { type ListenerState, MemoryBudget, startListener, type UnendedCall } from '../../listening/index.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { PbxSource } from '../../ports/pbxSource.ts';
import type { RefusedFacts } from '../../ports/refusedFacts.ts';
import type { WriteRight } from '../../ports/writeRight.ts';
import { VERSION } from '../../version.ts';
import type { Logger } from '../opening/logger.ts';
import type { Run } from './run.ts';

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
   * Tells which calls were in progress when the program last ended: they are given up when nothing more is heard of them.
   * Nothing is stored before. `lastHeardAt`: when they were last heard of, as far as that is known.
   */
  resume(calls: readonly CurrentCall[], lastHeardAt: Micros): void;
  stop(): Promise<unknown>;
};

export type ListeningDeps = {
  readonly log: EventStore;
  readonly lock: WriteRight;
  readonly refusedFacts: RefusedFacts;
};

/** Listens to every source from now on. What is heard waits in memory until lock, log and earlier calls are there. */
export function listen(run: Run, sources: readonly PbxSource[], deps: ListeningDeps): Listening {
  const { logger, closing, stop } = run;
  const { log, lock: right, refusedFacts } = deps;
  let tell: (calls: readonly (UnendedCall & { readonly pbx: string })[]) => void = () => {};
  const told = new Promise<Parameters<typeof tell>[0]>((resolve) => {
    tell = resolve;
  });
  // what is in memory is stored also when the start did not come so far
  stop.signal.addEventListener('abort', () => tell([]));
  const budget = new MemoryBudget(sources.length);
  const listeners = sources.map((source) => {
    const unendedCalls = told.then((calls) => calls.filter(({ pbx }) => pbx === source.pbx));
    const own = { source, unendedCalls, memory: budget.share() };
    return startListener({ ...own, log, right, refusedFacts, clock: systemClock, logger, app: VERSION });
  });
  for (const { done } of listeners) done.catch(stop.fail);
  const listening: Listening = {
    states: () => listeners.map((listener) => listener.state()),
    resume: (calls, lastFrameAt) =>
      tell(calls.map(({ pbx, ext_message_id: id }) => ({ pbx, uniqueid: id, linkedid: id, lastFrameAt }))),
    stop: () => Promise.all(listeners.map((listener) => listener.stop())),
  };
  closing.add('listeners', listening.stop);
  return listening;
}
