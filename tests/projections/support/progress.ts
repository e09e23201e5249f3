/** How far a projector has come, for those who wait for it. */
export class Progress {
  position = 0n;
  #ended = false;
  readonly #listeners = new Set<(position: bigint) => void>();

  reached(position: bigint): void {
    this.position = position;
    this.#tell();
  }

  /** Nobody waits in vain. */
  end(): void {
    this.#ended = true;
    this.#tell();
  }

  onProgress(listener: (position: bigint) => void): () => void {
    const entry = (position: bigint) => listener(position);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** True as soon as `position` is reached; false when `signal` aborts or the end comes first. */
  async caughtUp(position: bigint, signal: AbortSignal): Promise<boolean> {
    while (this.position < position && !this.#ended && !signal.aborted) await this.#next(signal);
    return this.position >= position;
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        stop();
        signal.removeEventListener('abort', settle);
        resolve();
      };
      const stop = this.onProgress(settle);
      signal.addEventListener('abort', settle);
    });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener(this.position);
  }
}
