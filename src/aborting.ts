import { setMaxListeners } from 'node:events';

/**
 * A controller that also aborts with the first of `signals`. To be aborted when it is not needed any more: until then they
 * know of it. So with `AbortSignal.any` each signal would go on, for as long as it lives (Node 20).
 */
export function abortingWith(...signals: readonly AbortSignal[]): AbortController {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const letGo = () => {
    for (const signal of signals) signal.removeEventListener('abort', abort);
  };
  // many at once are no leak: each lets go
  setMaxListeners(Number.POSITIVE_INFINITY, ...signals);
  controller.signal.addEventListener('abort', letGo, { once: true });
  for (const signal of signals) signal.addEventListener('abort', abort);
  if (signals.some(({ aborted }) => aborted)) abort();
  return controller;
}

/** Resolves when `signal` aborts, or has aborted already. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
}

/**
 * Resolves when `work` does, or when `signal` aborts; rejects when `work` does first. A `Promise.race` with a promise that
 * waits for the signal would leave something at that promise each time.
 */
export async function unlessAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const waiting = abortingWith(signal);
  try {
    await Promise.race([work, aborted(waiting.signal)]);
  } finally {
    waiting.abort();
  }
}
