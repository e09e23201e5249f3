import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import type { Micros } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { batchOf, type Incoming, incomingOf } from './batch.ts';

const READS_AT_ONCE = 16;
/** How often a transaction is begun because of what it needs of the log. */
const MAX_BEGINS = 20;

/** Revisions of a stream, both inclusive; with `keys`, of the facts only those that have one of them. */
export type StreamPart = {
  readonly stream: string;
  readonly first: bigint;
  readonly last: bigint;
  readonly keys?: ReadonlySet<string>;
};

/** Facts of a PBX behind `after`, up to `upTo`, without those at the positions `parked`. */
export type HeardBetween = {
  readonly pbx: string;
  readonly after: bigint;
  readonly upTo: bigint;
  readonly parked: ReadonlySet<bigint>;
};

/** Ends a transaction that needs what is not at hand. */
class NotAtHand extends Error {
  override readonly name = 'NotAtHand';
  readonly read: () => Promise<void>;

  constructor(read: () => Promise<void>) {
    super('a transaction needs more of the log');
    this.read = read;
  }
}

/**
 * Does `work`, in a transaction of its own, with what `log` has at hand. What it needs besides is read when the transaction
 * has been rolled back, then it begins anew: while a log is slow or away, no transaction is open. `onMissing` is called in
 * between. Errors: those of `work` and of the log, `FENCED` when others move the tables each time.
 */
export async function withLogAtHand<T>(work: () => Promise<T>, onMissing: () => void = () => {}): Promise<T> {
  for (let begins = 1; begins <= MAX_BEGINS; begins += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NotAtHand)) throw error;
      onMissing();
      await error.read();
    }
  }
  throw new CommslogError('FENCED', `the tables have moved each of ${MAX_BEGINS} times while the log was read`);
}

/** What has been read of the log for one piece of work on the tables. Nothing here waits: what is missing ends the transaction. */
export class LogAtHand {
  readonly #log: EventStore;
  readonly #most: number;
  #kept = 0;
  readonly #parts = new Map<string, readonly Incoming[]>();
  readonly #streams = new Map<string, { readonly events: RecordedEvent[]; upTo: bigint }>();
  readonly #heard = new Map<string, { readonly sessions: Map<number, Micros>; upTo: bigint }>();

  /** `most`: events that it holds; when there are more, whoever reads gets `CONFLICT`. Default: all that is needed. */
  constructor(log: EventStore, most = Number.POSITIVE_INFINITY) {
    this.#log = log;
    this.#most = most;
  }

  /** What stands in each part. */
  parts(wanted: readonly StreamPart[]): readonly (readonly Incoming[])[] {
    const named = wanted.map((part): [string, StreamPart] => [nameOf(part), part]);
    const missing = named.filter(([name]) => !this.#parts.has(name));
    if (missing.length > 0) throw new NotAtHand(() => this.#readParts(missing));
    return named.map(([name]) => this.#parts.get(name) ?? []);
  }

  /** A whole stream, up to a position. */
  stream(stream: string, upTo: bigint): readonly RecordedEvent[] {
    const held = this.#streams.get(stream);
    if (held === undefined || held.upTo < upTo) throw new NotAtHand(() => this.#readOn(stream));
    return held.events.filter(({ position }) => position <= upTo);
  }

  /** When sessions were heard last, by their number. */
  lastHeard(wanted: HeardBetween): ReadonlyMap<number, Micros> {
    const held = this.#heard.get(wanted.pbx);
    if (held === undefined || held.upTo < wanted.upTo) throw new NotAtHand(() => this.#hearOn(wanted));
    return held.sessions;
  }

  /** What is erased, or counts again, must not be taken from here. */
  forget(): void {
    this.#kept = 0;
    for (const held of [this.#parts, this.#streams, this.#heard]) held.clear();
  }

  async #readParts(missing: readonly (readonly [string, StreamPart])[]): Promise<void> {
    for (let at = 0; at < missing.length; at += READS_AT_ONCE) {
      await Promise.all(
        missing.slice(at, at + READS_AT_ONCE).map(async ([name, { stream, first, last, keys }]) => {
          const kept: Incoming[] = [];
          for await (const events of this.#log.readStream(stream, { from: first, limit: Number(last - first) + 1 })) {
            const wanted = events.map(incomingOf).filter((event) => keys === undefined || isOf(keys, event));
            this.#keep(wanted.length);
            kept.push(...wanted);
          }
          this.#parts.set(name, kept);
        }),
      );
    }
  }

  async #readOn(stream: string): Promise<void> {
    const held = this.#streams.get(stream) ?? { events: [], upTo: 0n };
    const head = await this.#log.head();
    const from = (held.events.at(-1)?.revision ?? -1n) + 1n;
    for await (const events of this.#log.readStream(stream, { from })) {
      this.#keep(events.length);
      held.events.push(...events);
    }
    this.#streams.set(stream, { ...held, upTo: head });
  }

  async #hearOn({ pbx, after, upTo, parked }: HeardBetween): Promise<void> {
    const held = this.#heard.get(pbx) ?? { sessions: new Map<number, Micros>(), upTo: after };
    for await (const read of this.#log.readAll(held.upTo, { streamPrefixes: [streamOf.call(pbx, '')] })) {
      const events = read.filter(({ position }) => position <= upTo);
      const counted = events.filter(({ position }) => !parked.has(position));
      for (const { fact } of batchOf(counted.map(incomingOf)).facts) {
        const before = held.sessions.get(fact.session) ?? 0;
        if (fact.receivedAt !== null && fact.receivedAt > before) held.sessions.set(fact.session, fact.receivedAt);
      }
      if (events.length < read.length) break;
    }
    this.#heard.set(pbx, { ...held, upTo });
  }

  #keep(more: number): void {
    this.#kept += more;
    if (this.#kept <= this.#most) return;
    throw new CommslogError(
      'CONFLICT',
      `More than ${this.#most} events would have to be folded anew at once: build a new version, which projects all in its order.`,
    );
  }
}

/** Says what a part has, so that nothing else is taken for it when its call has grown meanwhile. */
function nameOf({ stream, first, last, keys }: StreamPart): string {
  return [stream, first, last, ...(keys ?? [])].join(' ');
}

/** One that cannot be read may be of any call. */
function isOf(keys: ReadonlySet<string>, { says }: Incoming): boolean {
  return says.of === 'poison' || (says.of === 'call' && says.placed.keys.some((key) => keys.has(key)));
}
