import type { Logger } from 'pino';
import { nameOf } from '../errorPolicy.ts';
import type { Clock } from '../ports/clock.ts';
import type { DialRequest, DialRequests, Originate, Originated } from '../ports/dialling.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { pause } from '../retry.ts';
import { recordAnswer } from './recordAnswer.ts';

/** Calls that are being begun at the same time; more wait, and are given up when nobody takes them. */
const MAX_AT_ONCE = 20;
/** What was taken and could not be sent so soon is not sent any more. */
const SEND_WITHIN_MS = 8_000;
const TROUBLE_PAUSE_MS = 1_000;

export type ActingDeps = {
  readonly requests: DialRequests;
  /** how each phone system that this server could listen to is asked */
  readonly originate: ReadonlyMap<string, Originate>;
  /** whether this server is the one that listens to it */
  readonly isOurs: (pbx: string) => boolean;
  readonly log: EventStore;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Takes requests for the phone systems that this server listens to, until `signal` aborts and all are settled. */
export async function beginCalls(deps: ActingDeps, signal: AbortSignal): Promise<void> {
  const { requests, originate, isOurs, logger } = deps;
  const underWay = new Set<Promise<void>>();
  let saidAway = false;
  while (!signal.aborted) {
    const armed = requests.armed();
    const ours = [...originate.keys()].filter(isOurs);
    try {
      const taken = ours.length === 0 || underWay.size >= MAX_AT_ONCE ? null : await requests.take(ours);
      saidAway = false;
      if (taken === null) {
        await requests.next(armed, signal);
        continue;
      }
      const one = carryOut(deps, taken, signal).finally(() => underWay.delete(one));
      underWay.add(one);
    } catch (error) {
      if (!saidAway) logger.warn({ code: nameOf(error) }, 'no calls can be begun, trying again');
      saidAway = true;
      await pause(TROUBLE_PAUSE_MS, signal);
    }
  }
  await Promise.all(underWay);
}

/** What is not told here is found by who looks: nobody knows what became of it. Never throws. */
async function carryOut(deps: ActingDeps, { id, pbx, origination }: DialRequest, signal: AbortSignal): Promise<void> {
  const { requests, originate, logger } = deps;
  const onAccepted = () => {
    requests.settle(id, ['taken'], { state: 'ringing' }).catch(untold);
  };
  const untold = (error: unknown) => logger.warn({ pbx, code: nameOf(error) }, 'what became of a call is not told');
  try {
    const begins = originate.get(pbx);
    const outcome: Originated =
      begins === undefined
        ? { kind: 'unknown' }
        : await begins(origination, { sendWithinMs: SEND_WITHIN_MS, signal, onAccepted });
    const { result, reason } = resultOf(outcome);
    const to = reason === null ? { state: result } : { state: result, reason };
    if (await requests.settle(id, ['taken', 'ringing'], to)) await recordAnswer(deps, id, { result, reason });
  } catch (error) {
    untold(error);
  }
}

function resultOf(outcome: Originated) {
  if (outcome.kind === 'refused') return { result: 'refused', reason: outcome.reason } as const;
  return { result: outcome.kind === 'begun' ? 'answered' : 'unknown', reason: null } as const;
}
