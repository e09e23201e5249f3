import type { Backoff } from './backoff.ts';

/** Keeps appends waiting while the log is away, and lets one at a time try whether it is back. */
export type LogGate = {
  /** true: go on, and report by `open` or `shut` what came of it; false: `signal` aborted */
  enter(signal: AbortSignal): Promise<boolean>;
  /** the log has answered */
  open(): void;
  /** the log has not answered; the next try is after `backoff` */
  shut(backoff: Backoff): void;
};

export function createLogGate(): LogGate {
  let isOpen = true;
  let timer: NodeJS.Timeout | null = null;
  const waiting = new Set<() => void>();

  const releaseOne = () => {
    timer = null;
    const [first] = waiting;
    first?.();
  };

  return {
    enter(signal) {
      if (signal.aborted) return Promise.resolve(false);
      if (isOpen) return Promise.resolve(true);
      return new Promise((resolve) => {
        const leave = () => {
          waiting.delete(leave);
          signal.removeEventListener('abort', leave);
          // the last one that waited is gone: nobody is left to be released
          if (waiting.size === 0 && signal.aborted && timer !== null) clearTimeout(timer);
          resolve(!signal.aborted);
        };
        waiting.add(leave);
        signal.addEventListener('abort', leave);
      });
    },
    open() {
      isOpen = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      for (const leave of [...waiting]) leave();
    },
    shut(backoff) {
      isOpen = false;
      timer ??= setTimeout(releaseOne, backoff.next());
    },
  };
}
