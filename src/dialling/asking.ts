import type { Logger } from 'pino';
import { nameOf } from '../errorPolicy.ts';
import type { Clock } from '../ports/clock.ts';
import type { Dialling, DialRequest, DialRequests, DialSeen } from '../ports/dialling.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { recordAnswer } from './recordAnswer.ts';

/** For so long a server may take it; it is never acted on later. */
const TAKE_WITHIN_MS = 10_000;
/** Whoever asks is answered then, however far it is. */
const PATIENCE_MS = 12_500;

export type AskingDeps = {
  readonly requests: DialRequests;
  readonly log: EventStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly takeWithinMs?: number;
};

/** Has calls begun by whichever server listens to the phone system; this one is asked the same way. */
export function createDialling(deps: AskingDeps): Dialling {
  return {
    ask: (request) => ask(deps, request),
    look: (id) => deps.requests.look(id),
  };
}

async function ask(deps: AskingDeps, request: DialRequest): Promise<DialSeen> {
  const { requests, takeWithinMs = TAKE_WITHIN_MS } = deps;
  const { id, pbx, askedBy, extension, origination } = request;
  await requests.add(request, takeWithinMs);
  const begun = performance.now();
  const never = new AbortController().signal;
  for (;;) {
    const armed = requests.armed();
    const seen = await requests.look(id);
    if (seen === null) {
      return {
        id,
        pbx,
        askedBy,
        extension,
        channelId: origination.channelId,
        state: 'unknown',
        reason: null,
        seconds: 0,
      };
    }
    const waited = performance.now() - begun;
    if ((seen.state !== 'asked' && seen.state !== 'taken') || waited >= PATIENCE_MS) return seen;
    if (seen.state === 'asked' && waited >= takeWithinMs && (await requests.settle(id, ['asked'], NOT_TAKEN))) {
      await recordAnswer(deps, id, { result: 'not_taken', reason: null }).catch((error: unknown) => {
        deps.logger.warn({ code: nameOf(error) }, 'that nobody could begin a call is not recorded');
      });
      return { ...seen, ...NOT_TAKEN };
    }
    await requests.next(armed, never);
  }
}

const NOT_TAKEN = { state: 'not_taken' } as const;
