import type { NewEvent, RecordedEvent } from '../../src/domain/events.ts';
import { CommslogError } from '../../src/errors.ts';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  ReadStreamOptions,
  StreamFilter,
} from '../../src/ports/eventStore.ts';
import { simulated, type World } from './world.ts';

const PAGE = 100;
/** How often an append has no answer. */
const UNKNOWN = 0.03;
const LATER = 0.5;
const REFUSES = 0.03;
const REPEATS = 0.05;

/** A log in memory, as the port promises it, that lies in a simulated world. */
export class SimulatedLog implements EventStore {
  readonly events: RecordedEvent[] = [];
  readonly eraseEvents = null;
  isAway = false;
  /** hears of every event that is stored */
  onStored: (event: RecordedEvent) => void = () => {};
  readonly #world: World;
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #waiting = new Set<() => void>();
  /** appends that nobody waits for any more and that come through yet */
  readonly #late: (() => void)[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult> {
    if (simulated() === null) return Promise.resolve(this.#store(stream, events, expected));
    return this.#world.call(
      `append of ${events.length} to ${stream}`,
      () => {
        this.#answer();
        if (!this.#world.fails(UNKNOWN)) return this.#store(stream, events, expected);
        this.#storeSome(stream, events, expected);
        throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'simulated');
      },
      { isRemote: true, abandon: () => this.#storeSome(stream, events, expected) },
    );
  }

  /** Nothing, a first part or all of it, now or later, unless something else stands there by then. */
  #storeSome(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): void {
    const part = events.slice(0, this.#world.random.below(events.length + 1));
    const store = () => this.#store(stream, part, expected);
    if (this.#world.random.chance(LATER)) this.#late.push(store);
    else attempt(store);
  }

  /** One of the appends that were thought lost comes through, unless something else stands in its place. */
  comeThrough(): void {
    const [late] = this.#late.splice(this.#world.random.below(this.#late.length), 1);
    if (late !== undefined) attempt(late);
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}) {
    const { from, direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options;
    const backwards = direction === 'backwards';
    const all = await this.#read(() => [...(this.#streams.get(stream) ?? [])]);
    const ordered = backwards ? all.toReversed() : all;
    const isWanted = ({ revision }: RecordedEvent) =>
      from === undefined || (backwards ? revision <= from : revision >= from);
    yield* this.#pages(ordered.filter(isWanted).slice(0, limit));
  }

  async *readAll(after: bigint, filter?: StreamFilter) {
    yield* this.#pages(await this.#read(() => this.#after(after, filter)));
  }

  async *subscribe(after: bigint, filter: StreamFilter | undefined, signal: AbortSignal) {
    const { random } = this.#world;
    for (let at = after; !signal.aborted; ) {
      const next = this.#after(at, filter);
      const last = next[random.below(Math.min(next.length, PAGE))];
      if (last === undefined) {
        await this.#change(signal);
        continue;
      }
      const batch = next.filter(({ position }) => position <= last.position);
      await this.#world.call(`delivery of ${batch.length}`, () => undefined, { isRemote: true });
      yield batch;
      if (!this.#world.fails(REPEATS)) at = last.position;
    }
  }

  erase(): Promise<void> {
    return Promise.reject(new Error('nothing is erased in a simulation'));
  }

  head(): Promise<bigint> {
    return this.#read(() => this.events.at(-1)?.position ?? 0n);
  }

  logId(): Promise<string> {
    return this.#read(() => 'a-simulated-log');
  }

  async close(): Promise<void> {}

  #read<T>(work: () => T): Promise<T> {
    if (simulated() === null) return Promise.resolve(work());
    const read = () => {
      this.#answer();
      return work();
    };
    return this.#world.call('read of the log', read, { isRemote: true });
  }

  #answer(): void {
    if (this.isAway || this.#world.fails(REFUSES)) throw new CommslogError('LOG_UNAVAILABLE', 'simulated');
  }

  #store(stream: string, proposed: readonly NewEvent[], expected: ExpectedRevision): AppendResult {
    const events = this.#streams.get(stream) ?? [];
    const from = expected === 'no_stream' ? 0 : Number(expected) + 1;
    const there = events.slice(from, from + proposed.length);
    if (from > events.length || there.some(({ id }, at) => id !== proposed[at]?.id)) {
      throw new CommslogError('WRONG_EXPECTED_REVISION', 'something else stands there');
    }
    for (const event of proposed.slice(there.length)) {
      // a position is an offset in a file, so it is not contiguous
      const position = (this.events.at(-1)?.position ?? 0n) + BigInt(1 + this.#world.random.below(500));
      const stored = { ...event, stream, revision: BigInt(events.length), position };
      events.push(stored);
      this.events.push(stored);
      this.#streams.set(stream, events);
      this.onStored(stored);
    }
    for (const look of this.#waiting) look();
    const last = events[from + proposed.length - 1];
    return { revision: last?.revision ?? -1n, position: last?.position ?? 0n };
  }

  #after(after: bigint, filter?: StreamFilter): RecordedEvent[] {
    const passes = (stream: string) => filter?.streamPrefixes.some((prefix) => stream.startsWith(prefix)) ?? true;
    return this.events.filter(({ position, stream }) => position > after && passes(stream));
  }

  *#pages(events: readonly RecordedEvent[]) {
    for (let at = 0; at < events.length; at += PAGE) yield events.slice(at, at + PAGE);
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        this.#waiting.delete(settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      this.#waiting.add(settle);
      signal.addEventListener('abort', settle);
    });
  }
}

function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // who asked for it has been told already
  }
}
