import { type OriginateOptions, originateBy } from '../../adapters/ami/index.ts';
import { DialTable, type Leases } from '../../adapters/postgres/index.ts';
import type { PbxConfig } from '../../config.ts';
import { beginCalls } from '../../dialling/index.ts';
import { systemClock } from '../../ports/clock.ts';
import type { DialRequests } from '../../ports/dialling.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { leaseOnPbx } from '../../ports/lease.ts';
import { connectionOf } from './listening.ts';
import type { Run } from './run.ts';
import type { Tables } from './storage.ts';

/** Where calls that are to be begun wait for whichever server listens to the phone system. */
export function openDialRequests({ logger, closing }: Run, { pools, url }: Tables): DialRequests {
  const requests = new DialTable(pools.reading, { url, logger });
  closing.add('dial requests', () => requests.close());
  return requests;
}

/** Begins calls at the phone systems that this server listens to, for as long as it does. */
export function answerDialRequests(
  { config, logger, closing, stop }: Run,
  requests: DialRequests,
  { leases, log }: { readonly leases: Pick<Leases, 'wanted'>; readonly log: EventStore },
): void {
  const originate = new Map(config.pbxs.map((pbx) => [pbx.id, originateBy(accountOf(pbx))]));
  const isOurs = (pbx: string) => leases.wanted(leaseOnPbx(pbx))?.state() === 'held';
  const done = beginCalls({ requests, originate, isOurs, log, clock: systemClock, logger }, stop.signal);
  done.catch(stop.fail);
  closing.add('calls being begun', () => done);
}

function accountOf(pbx: PbxConfig): OriginateOptions {
  const { originate } = pbx;
  const own = originate === null ? {} : { username: originate.username, secret: originate.password };
  return { ...connectionOf(pbx), ...own, clock: systemClock };
}
