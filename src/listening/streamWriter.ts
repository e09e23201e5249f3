import type { NewEvent } from '../domain/events.ts';
import { sizeOfNew } from '../log/outgoing.ts';
import { type ExpectedRevision, MAX_APPEND_BYTES } from '../ports/eventStore.ts';
import type { LogAppender } from './logAppender.ts';

/** Appends in flight, each to a stream of its own: with more a real EventStoreDB is no faster. */
export const MAX_APPENDS = 64;

/** Streams whose end is remembered; the end of any other is looked up. */
export const MAX_KNOWN_STREAMS = 10_000;

/**
 * An event, of how many bytes that is which it was made of, and whom to tell when it need no longer be kept. If it stands in
 * the log, then behind the position `behind`.
 */
export type Waiting = {
  readonly event: NewEvent;
  readonly bytes: number;
  readonly behind: bigint;
  readonly settled: () => void;
};

type Lane = {
  readonly stream: string;
  /** in the order in which they are stored */
  readonly waiting: Waiting[];
  end: ExpectedRevision;
  isBusy: boolean;
  /** events in the next append; falls when the log refuses some of them, to find out which */
  atMost: number;
};

/** What became of events that need no longer be kept: the last stands at `position`, or the log will never take them. */
export type Settled = { readonly position: bigint } | { readonly refusal: string };
export type OnSettled = (stream: string, settled: readonly Waiting[], outcome: Settled) => void;

/**
 * Stores events in the order in which they come within each stream, different streams side by side. What waits for a
 * stream while an append to it is under way goes into the next one together.
 */
export class StreamWriter {
  readonly #appender: LogAppender;
  readonly #may: () => boolean;
  readonly #signal: AbortSignal;
  readonly #onSettled: OnSettled;
  /** oldest use first */
  readonly #lanes = new Map<string, Lane>();
  readonly #ready = new Set<Lane>();
  #inFlight = 0;
  readonly #whenIdle: (() => void)[] = [];

  /** Nothing is stored while `may` says no, and nothing more after `signal` has aborted. */
  constructor(appender: LogAppender, may: () => boolean, signal: AbortSignal, onSettled: OnSettled) {
    this.#appender = appender;
    this.#may = may;
    this.#signal = signal;
    this.#onSettled = onSettled;
  }

  add(stream: string, waiting: Waiting): void {
    const lane = this.#laneOf(stream);
    lane.waiting.push(waiting);
    if (!lane.isBusy) this.#ready.add(lane);
    this.#startAppends();
  }

  /** Resolves when everything that was added is settled, or given up because `signal` aborted. */
  idle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
    });
  }

  /** Of what comes next anything may stand already, also behind the end that is known: to be called when idle. */
  forgetEnds(): void {
    this.#lanes.clear();
  }

  isIdle(): boolean {
    return this.#inFlight === 0 && (this.#ready.size === 0 || this.#signal.aborted);
  }

  #laneOf(stream: string): Lane {
    const known = this.#lanes.get(stream);
    const lane = known ?? { stream, waiting: [], end: 'no_stream', isBusy: false, atMost: Number.POSITIVE_INFINITY };
    this.#lanes.delete(stream);
    this.#lanes.set(stream, lane);
    if (this.#lanes.size > MAX_KNOWN_STREAMS) this.#forgetOldest();
    return lane;
  }

  /** Forgets the end of the stream that was idle for longest; lanes with events are as many as the queue is long. */
  #forgetOldest(): void {
    for (const [stream, lane] of this.#lanes) {
      if (lane.isBusy || lane.waiting.length > 0) continue;
      this.#lanes.delete(stream);
      return;
    }
  }

  #startAppends(): void {
    for (const lane of this.#ready) {
      if (this.#inFlight >= MAX_APPENDS || this.#signal.aborted) break;
      this.#ready.delete(lane);
      void this.#appendOne(lane);
    }
    if (!this.isIdle()) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  async #appendOne(lane: Lane): Promise<void> {
    lane.isBusy = true;
    this.#inFlight += 1;
    const batch = lane.waiting.slice(0, countThatFits(lane));
    const events = batch.map(({ event }) => event);
    const terms = { may: this.#may, behind: batch[0]?.behind ?? null };
    const appended = await this.#appender.append(lane.stream, events, lane.end, terms);
    if (appended.outcome === 'stored') {
      // not the stream's end: what an earlier process has stored behind these is compared with what comes now
      lane.end = appended.revision;
      lane.atMost = Number.POSITIVE_INFINITY;
      this.#settle(lane, batch, appended);
    } else if (appended.outcome === 'refused') {
      const isWholeStream = appended.code === 'STREAM_DELETED';
      if (isWholeStream || batch.length === 1) this.#settle(lane, batch, { refusal: appended.code });
      else lane.atMost = Math.ceil(batch.length / 2);
    }
    lane.isBusy = false;
    this.#inFlight -= 1;
    if (lane.waiting.length > 0) this.#ready.add(lane);
    this.#startAppends();
  }

  #settle(lane: Lane, batch: readonly Waiting[], outcome: Settled): void {
    lane.waiting.splice(0, batch.length);
    this.#onSettled(lane.stream, batch, outcome);
  }
}

/** How many of the lane's events go into one append. One event always goes alone: whether it fits, the log says. */
function countThatFits({ waiting, atMost }: Lane): number {
  let count = 0;
  let bytes = 0;
  for (const { event } of waiting) {
    bytes += sizeOfNew(event);
    if (count > 0 && (bytes > MAX_APPEND_BYTES || count >= atMost)) break;
    count += 1;
  }
  return count;
}
