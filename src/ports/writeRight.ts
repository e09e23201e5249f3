/** The right to store what PBXs say: of all processes on one database one has it, or their facts would stand twice. */
export interface WriteRight {
  /** `held`: by this process; `lost`: nobody's, as far as is known; `taken`: another process has it */
  state(): 'held' | 'lost' | 'taken';
  /** Calls back, at once, whenever the state has changed. Returns how to stop. */
  onChange(listener: () => void): () => void;
}

/** For those who are alone by their nature: a recording, a test. */
export const UNDISPUTED: WriteRight = { state: () => 'held', onChange: () => () => {} };

/** Resolves when the right is held, or when `signal` aborts. */
export function whenHeld(right: WriteRight, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (right.state() !== 'held' && !signal.aborted) return;
      stop();
      signal.removeEventListener('abort', look);
      resolve();
    };
    const stop = right.onChange(look);
    signal.addEventListener('abort', look);
    look();
  });
}
