import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

const MAX_BATCH_EVENTS = 500;

/** A live subscription of the client: a stream of objects that also says when the end of the log was reached. */
export type Live = Readable & {
  on(event: 'caughtUp' | 'confirmation', listener: () => void): Live;
};

export type Pulled<T> = { readonly events: readonly T[]; readonly caughtUp: boolean };

/**
 * Takes what a subscription has, in bounded batches; `caughtUp` comes behind the last event of what was there. Returns
 * when the server ends it in good order or `signal` aborts, throws what the subscription failed with. An error can come
 * twice, the second one to nobody if the listener were gone: so it stays.
 */
export async function* pull<T>(live: Live, signal: AbortSignal): AsyncGenerator<Pulled<T>> {
  let wake = () => {};
  let failure: { readonly error: unknown } | undefined;
  let ended = false;
  let caughtUp = false;
  const told = (change: () => void) => () => {
    change();
    wake();
  };
  live.on('error', (error) => {
    failure ??= { error };
    wake();
  });
  live.on(
    'caughtUp',
    told(() => {
      caughtUp = true;
    }),
  );
  for (const event of ['end', 'close'] as const)
    live.on(
      event,
      told(() => {
        ended = true;
      }),
    );
  const look = () => wake();
  live.on('readable', look);
  signal.addEventListener('abort', look, { once: true });
  try {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const events = drain<T>(live);
      if (events.length > 0) yield { events, caughtUp: false };
      else if (failure) throw failure.error;
      else if (ended) return;
      else if (caughtUp) {
        caughtUp = false;
        yield { events, caughtUp: true };
      } else {
        await woken;
        // what arrived with it comes along
        await setImmediate();
      }
    }
  } finally {
    signal.removeEventListener('abort', look);
    live.removeListener('readable', look);
  }
}

function drain<T>(live: Live): readonly T[] {
  const events: T[] = [];
  while (events.length < MAX_BATCH_EVENTS) {
    const event: T | null = live.read();
    if (event === null) break;
    events.push(event);
  }
  return events;
}
