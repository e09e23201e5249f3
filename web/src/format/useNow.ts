import { useSyncExternalStore } from 'react';

const EVERY_MS = 20_000;

let now = new Date();
let timer: number | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(() => {
    now = new Date();
    for (const tell of listeners) tell();
  }, EVERY_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The present, anew every 20 seconds; one clock for all relative times on the page. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}
