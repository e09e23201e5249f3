import type { SourceItem } from '../ports/pbxSource.ts';

/** What the listener keeps in memory while the log is away: about 1,500 calls. */
export const MAX_QUEUED_FRAMES = 50_000;
export const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

export type QueueState = { readonly frames: number; readonly bytes: number; readonly isFull: boolean };

/**
 * Between the socket and the log. What was taken out counts until it is released, so that the bound holds for
 * everything that is not yet stored. The frames of one read may exceed it.
 */
export class FrameQueue {
  readonly #stopping: AbortSignal;
  readonly #givingUp: AbortSignal;
  readonly #items: SourceItem[] = [];
  #frames = 0;
  #bytes = 0;
  #isClosed = false;
  #onRoom: () => void = () => {};
  #onItem: () => void = () => {};

  /** When `stopping` aborts nobody waits for room any more; when `givingUp` aborts nobody waits for an item. */
  constructor(stopping: AbortSignal, givingUp: AbortSignal) {
    this.#stopping = stopping;
    this.#givingUp = givingUp;
    stopping.addEventListener('abort', () => this.#onRoom());
    givingUp.addEventListener('abort', () => this.#onItem());
  }

  state(): QueueState {
    return { frames: this.#frames, bytes: this.#bytes, isFull: this.#isFull() };
  }

  put(item: SourceItem): void {
    this.#items.push(item);
    this.hold(...sizeOf(item));
    this.#onItem();
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.#isFull() && !this.#stopping.aborted) {
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve;
      });
    }
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
    this.#frames += frames;
    this.#bytes += bytes;
  }

  /** So many frames of those that are kept need not be kept any more. */
  release(frames: number, bytes: number): void {
    this.#frames -= frames;
    this.#bytes -= bytes;
    if (!this.#isFull()) this.#onRoom();
  }

  /** Nothing more will be put in. */
  close(): void {
    this.#isClosed = true;
    this.#onItem();
  }

  #isFull(): boolean {
    return this.#frames >= MAX_QUEUED_FRAMES || this.#bytes >= MAX_QUEUED_BYTES;
  }
}

/** News of the connection count as one frame, so that a connection that comes and goes fills the queue too. */
function sizeOf(item: SourceItem): readonly [frames: number, bytes: number] {
  if (item.kind !== 'frames') return [1, 0];
  return [item.frames.length, item.frames.reduce((sum, { bytes }) => sum + bytes, 0)];
}
