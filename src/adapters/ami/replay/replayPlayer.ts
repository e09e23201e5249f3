import type { Micros } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { pause } from '../../../retry.ts';
import type { ReplayRead } from './replayRecording.ts';
import { ReplayIds, type Shift } from './replayShift.ts';

export type PlayerOptions = {
  /** at the pace of the recording, or as fast as the clients read */
  readonly pace: 'recorded' | 'fast';
  /** every replay happens now and has ids of its own, so that it is a new call */
  readonly shift: boolean;
  /** begin a replay so often, with one recording after the other, for ever; absent: each once, one after the other */
  readonly repeatEveryMs?: number;
};

/** Who hears a replay. */
export type Audience = {
  send(events: string): void;
  /** resolves when it can take more */
  ready(): Promise<void>;
};

type Replay = { readonly reads: readonly ReplayRead[]; readonly firstAt: Micros; readonly ids: ReplayIds };

/** Replays that are under way at the same time; where recordings are longer than the pause between them. */
export const MAX_AT_ONCE = 20;

/** Plays recordings to an audience, each replay under ids and times of its own. */
export class ReplayPlayer {
  readonly #options: PlayerOptions;
  readonly #replays: readonly Replay[];
  readonly #clock: Clock;
  #begun = 0;
  #played = 0;
  #nextIdCounter = 0;
  #nextChannelCounter = 0;

  constructor(options: PlayerOptions, recordings: readonly (readonly ReplayRead[])[], clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#replays = recordings.flatMap((reads) => {
      const [first] = reads;
      return first === undefined ? [] : [{ reads, firstAt: first.at, ids: new ReplayIds(reads) }];
    });
  }

  /** Replays that have come to their end. */
  played(): number {
    return this.#played;
  }

  /** Plays until every recording was played once; with `repeatEveryMs` until `signal` aborts. */
  async play(audience: Audience, signal: AbortSignal): Promise<void> {
    const { repeatEveryMs } = this.#options;
    if (repeatEveryMs === undefined) {
      for (const replay of this.#replays) await this.#playOne(replay, audience, signal);
      return;
    }
    for (let turn = 0; !signal.aborted; turn += 1) {
      const replay = this.#replays[turn % this.#replays.length];
      if (replay !== undefined && this.#begun - this.#played < MAX_AT_ONCE)
        void this.#playOne(replay, audience, signal);
      await pause(repeatEveryMs, signal);
    }
  }

  async #playOne({ reads, firstAt, ids }: Replay, audience: Audience, signal: AbortSignal): Promise<void> {
    this.#begun += 1;
    // Whole seconds, because ids hold no less; the replay begins when its first event is exactly so many seconds old.
    const seconds = Math.ceil((this.#clock.now() - firstAt) / 1_000_000);
    const shift = this.#options.shift ? this.#newShift(seconds, ids) : null;
    for (const { at, text } of reads) {
      if (this.#options.pace === 'recorded') {
        await pause((at + seconds * 1_000_000 - this.#clock.now()) / 1000, signal);
      }
      if (signal.aborted) return;
      audience.send(shift === null ? text : ids.shift(text, shift));
      if (this.#options.pace === 'fast') await audience.ready();
    }
    this.#played += 1;
  }

  /** Numbers that no replay before this one has used, as Asterisk counts on from call to call. */
  #newShift(seconds: number, { idCounters, channelCounters }: ReplayIds): Shift {
    const idCounter = this.#nextIdCounter - idCounters.min;
    const channelCounter = this.#nextChannelCounter - channelCounters.min;
    this.#nextIdCounter = idCounters.max + idCounter + 1;
    this.#nextChannelCounter = channelCounters.max + channelCounter + 1;
    return { seconds, idCounter, channelCounter, bridgeMask: Math.imul(this.#begun, 0x9e3779b1) >>> 0 };
  }
}
