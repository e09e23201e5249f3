import type { SourceItem } from '../ports/pbxSource.ts';
import type { MemoryShare } from './memoryBudget.ts';

export type QueueState = { readonly frames: number; readonly bytes: number; readonly isFull: boolean };

/**
 * Between the socket and the log. What was taken out counts until it is released, so that the bound of the memory holds
 * for everything that is not yet stored.
 */
export class FrameQueue {
  readonly #memory: MemoryShare;
  readonly #stopping: AbortSignal;
  readonly #givingUp: AbortSignal;
  readonly #items: SourceItem[] = [];
  #isClosed = false;
  #onItem: () => void = () => {};

  /** When `stopping` aborts nobody waits for room any more; when `givingUp` aborts nobody waits for an item. */
  constructor(memory: MemoryShare, stopping: AbortSignal, givingUp: AbortSignal) {
    this.#memory = memory;
    this.#stopping = stopping;
    this.#givingUp = givingUp;
    givingUp.addEventListener('abort', () => this.#onItem());
  }

  state(): QueueState {
    return { ...this.#memory.held(), isFull: !this.#memory.hasRoom() };
  }

  put(item: SourceItem): void {
    this.#items.push(item);
    this.#memory.hold(...sizeOf(item));
    this.#onItem();
  }

  /** Resolves when there is room for more. */
  room(): Promise<void> {
    return this.#memory.room(this.#stopping);
  }

  /** The oldest item; null when the queue is closed and empty. */
  async take(): Promise<SourceItem | null> {
    for (;;) {
      if (this.#givingUp.aborted) return null;
      const item = this.#items.shift();
      if (item !== undefined) return item;
      if (this.#isClosed) return null;
      await new Promise<void>((resolve) => {
        this.#onItem = resolve;
      });
    }
  }

  /** So many more frames are kept in memory. */
  hold(frames: number, bytes: number): void {
    this.#memory.hold(frames, bytes);
  }

  /** So many frames of those that are kept need not be kept any more. */
  release(frames: number, bytes: number): void {
    this.#memory.release(frames, bytes);
  }

  /** Nothing more will be put in. */
  close(): void {
    this.#isClosed = true;
    this.#onItem();
  }
}

/** News of the connection count as one frame, so that a connection that comes and goes fills the queue too. */
function sizeOf(item: SourceItem): readonly [frames: number, bytes: number] {
  if (item.kind !== 'frames') return [1, 0];
  return [item.frames.length, item.frames.reduce((sum, { bytes }) => sum + bytes, 0)];
}
