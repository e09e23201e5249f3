import { type LiveSourceOptions, liveSource } from '../../adapters/ami/index.ts';
import type { PbxConfig } from '../../config.ts';
import type { Micros } from '../../domain/time.ts';
import { type Listener, MemoryBudget, startListener, type UnendedCall } from '../../listening/index.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { PbxSource } from '../../ports/pbxSource.ts';
import type { ReadModel } from '../../ports/readModel.ts';

import type { RefusedFacts } from '../../ports/refusedFacts.ts';

import type { WriteRight } from '../../ports/writeRight.ts';

import { VERSION } from '../../version.ts';
import type { Logger } from '../opening/logger.ts';

/** How a configured PBX is reached. */
export function connectionOf(pbx: PbxConfig): Pick<LiveSourceOptions, 'host' | 'port' | 'username' | 'secret' | 'tls'> {
  const { host, port, username, password: secret, tls } = pbx;
  return { host, port, username, secret, ...(tls === null ? {} : { tls: tls.ca === null ? {} : { ca: tls.ca } }) };
}

export function configuredSources(pbxs: readonly PbxConfig[], logger: Logger): PbxSource[] {
  return pbxs.map((pbx) => liveSource({ pbx: pbx.id, ...connectionOf(pbx), clock: systemClock, logger }));
}

/**
 * Listens to every source, and gives up calls that were open before and are never heard of again: `silentSince` says
 * when they were last heard of, as far as that is known.
 */
export async function startListeners(
  sources: readonly PbxSource[],
  parts: {
    readonly log: EventStore;
    readonly right: WriteRight;
    readonly readModel: ReadModel;
    readonly logger: Logger;
    readonly silentSince: Micros;
    readonly refusedFacts: RefusedFacts;
  },
): Promise<Listener[]> {
  const { log, right, readModel, logger, silentSince: lastFrameAt, refusedFacts } = parts;
  const current = sources.length > 0 ? await readModel.current() : [];
  const budget = new MemoryBudget(sources.length);
  return sources.map((source) => {
    const memory = budget.share();
    const unendedCalls = current
      .filter((call) => call.pbx === source.pbx)
      .map(({ ext_message_id: id }): UnendedCall => ({ uniqueid: id, linkedid: id, lastFrameAt }));
    const common = { log, right, clock: systemClock, logger, app: VERSION, refusedFacts };
    return startListener({ ...common, source, unendedCalls, memory });
  });
}
