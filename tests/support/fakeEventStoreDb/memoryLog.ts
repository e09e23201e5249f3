export type ProposedEvent = {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};
export type StoredEvent = ProposedEvent & {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
};
export type Expected = bigint | 'no_stream';
export type Outcome =
  | { readonly kind: 'stored'; readonly revision: bigint; readonly position: bigint }
  | { readonly kind: 'wrong'; readonly current: Expected }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'too large' };

type Stream = { readonly events: StoredEvent[]; first: bigint; tombstoned: boolean };

export const MAX_APPEND_SIZE = 1_048_576;
const NO_BYTES = new Uint8Array();

/** Streams and `$all` in memory, with the decisions that a real server was seen to make. */
export class MemoryLog {
  readonly all: StoredEvent[] = [];
  readonly #streams = new Map<string, Stream>();
  readonly #listeners = new Set<() => void>();
  #end = 0n;

  constructor() {
    // a real log does not begin with an event of ours
    this.#write('$settings', { id: crypto.randomUUID(), type: '$info', ...jsonOf({}) });
  }

  append(name: string, proposed: readonly ProposedEvent[], expected: Expected): Outcome {
    const size = proposed.reduce(
      (sum, event) => sum + event.data.length + event.metadata.length + event.type.length,
      0,
    );
    if (size > MAX_APPEND_SIZE) return { kind: 'too large' };
    const stream = this.#streams.get(name);
    if (stream?.tombstoned) return { kind: 'deleted' };
    const events = stream?.events ?? [];
    const end = events.length - 1;
    const softDeleted = stream !== undefined && stream.first > BigInt(end);
    const from = expected === 'no_stream' ? (softDeleted ? end : -1) : Number(expected);
    if (from === end) {
      let last: StoredEvent | undefined;
      for (const event of proposed) last = this.#write(name, event);
      this.#tell();
      return { kind: 'stored', revision: BigInt(end + proposed.length), position: last?.position ?? this.#end };
    }
    const there = events.slice(from + 1, from + 1 + proposed.length);
    const repeated = there.length === proposed.length && there.every(({ id }, n) => id === proposed[n]?.id);
    const last = there.at(-1);
    if (from < end && repeated && last) return { kind: 'stored', revision: last.revision, position: last.position };
    return { kind: 'wrong', current: end < 0 ? 'no_stream' : BigInt(end) };
  }

  /** The events that a reader of the stream may see; why there are none is said by the string. */
  stream(name: string): readonly StoredEvent[] | 'missing' | 'deleted' {
    const stream = this.#streams.get(name);
    if (stream?.tombstoned) return 'deleted';
    const events = stream?.events.filter(({ revision }) => revision >= stream.first) ?? [];
    return events.length === 0 ? 'missing' : events;
  }

  softDelete(name: string): void {
    const stream = this.#streams.get(name);
    if (stream) stream.first = BigInt(stream.events.length);
    this.#write(`$$${name}`, { id: crypto.randomUUID(), type: '$metadata', ...jsonOf({ $tb: 2 ** 53 }) });
    this.#tell();
  }

  /** Also of a stream that never was. False when it has one already. */
  tombstone(name: string): boolean {
    if (this.#streams.get(name)?.tombstoned) return false;
    this.#write(name, {
      id: crypto.randomUUID(),
      type: '$streamDeleted',
      contentType: '',
      data: NO_BYTES,
      metadata: NO_BYTES,
    });
    const stream = this.#streams.get(name);
    if (stream) stream.tombstoned = true;
    this.#tell();
    return true;
  }

  /** What a scavenge leaves: nothing of streams that have a tombstone but that. */
  scavenge(): void {
    const kept = this.all.filter(
      ({ stream, type }) => type === '$streamDeleted' || !this.#streams.get(stream)?.tombstoned,
    );
    this.all.splice(0, this.all.length, ...kept);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #write(name: string, event: ProposedEvent): StoredEvent {
    const stream = this.#streams.get(name) ?? { events: [], first: 0n, tombstoned: false };
    this.#streams.set(name, stream);
    // a position is an offset in a file, so it is not contiguous
    this.#end += BigInt(100 + event.data.length + event.metadata.length);
    const stored = { ...event, stream: name, revision: BigInt(stream.events.length), position: this.#end };
    stream.events.push(stored);
    this.all.push(stored);
    return stored;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function jsonOf(value: object): Pick<ProposedEvent, 'contentType' | 'data' | 'metadata'> {
  return { contentType: 'application/json', data: Buffer.from(JSON.stringify(value)), metadata: NO_BYTES };
}
