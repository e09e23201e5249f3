type Amount = { frames: number; bytes: number };

/** What all listeners of this process together keep in memory of what is on its way into the log: about 1,500 calls. */
export const MAX_STORING: Readonly<Amount> = { frames: 50_000, bytes: 48 * 1024 * 1024 };
/** What all journals of this process together keep in memory until the disk has it; each read counts as one frame. */
export const MAX_UNWRITTEN: Readonly<Amount> = { frames: 50_000, bytes: 16 * 1024 * 1024 };

const UNITS = ['frames', 'bytes'] as const;

/**
 * The memory of all PBXs together. Half of it is reserved, the same share for each, so that the flood of one PBX silences
 * no other; the other half is whoever's needs it. The frames of one read of each PBX may come on top.
 */
export class MemoryBudget {
  readonly #reserve: Amount;
  readonly #common: Amount;
  /** what the shares hold beyond their reserves */
  readonly #borrowed: Amount = { frames: 0, bytes: 0 };
  readonly #waiting = new Set<() => void>();

  constructor(pbxs: number, max: Readonly<Amount>) {
    const reserved = (total: number) => Math.floor(total / (2 * pbxs));
    this.#reserve = { frames: reserved(max.frames), bytes: reserved(max.bytes) };
    this.#common = {
      frames: max.frames - pbxs * this.#reserve.frames,
      bytes: max.bytes - pbxs * this.#reserve.bytes,
    };
  }

  /** The memory of one PBX. */
  share(): MemoryShare {
    const held: Amount = { frames: 0, bytes: 0 };
    const add = (unit: keyof Amount, count: number) => {
      const before = Math.max(0, held[unit] - this.#reserve[unit]);
      held[unit] += count;
      this.#borrowed[unit] += Math.max(0, held[unit] - this.#reserve[unit]) - before;
    };
    const hasRoom = () =>
      UNITS.every((unit) => held[unit] < this.#reserve[unit] || this.#borrowed[unit] < this.#common[unit]);
    return {
      held: () => ({ ...held }),
      hasRoom,
      hold(frames, bytes) {
        add('frames', frames);
        add('bytes', bytes);
      },
      release: (frames, bytes) => {
        add('frames', -frames);
        add('bytes', -bytes);
        for (const look of this.#waiting) look();
      },
      room: (signal) =>
        new Promise((resolve) => {
          const look = () => {
            if (!hasRoom() && !signal.aborted) return;
            this.#waiting.delete(look);
            signal.removeEventListener('abort', look);
            resolve();
          };
          this.#waiting.add(look);
          signal.addEventListener('abort', look);
          look();
        }),
    };
  }
}

/** What one PBX keeps in memory. */
export type MemoryShare = {
  held(): { readonly frames: number; readonly bytes: number };
  hasRoom(): boolean;
  /** So many more frames are kept in memory, whether there is room or not. */
  hold(frames: number, bytes: number): void;
  /** So many frames of those that are kept need not be kept any more. */
  release(frames: number, bytes: number): void;
  /** Resolves when there is room, or when `signal` aborts. */
  room(signal: AbortSignal): Promise<void>;
};
