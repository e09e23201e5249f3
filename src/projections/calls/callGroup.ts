import { isSessionStream } from '../../domain/events.ts';
import type { Fact } from '../../domain/facts/fact.ts';
import { earlier as earlierTime, later as laterTime, type Micros } from '../../domain/time.ts';
import type { PlacedFact } from '../tables/batch.ts';
import { earlier, later } from '../tables/positions.ts';

/** First and last revision, both inclusive. */
export type RevisionRange = { first: bigint; last: bigint };

/** Facts that have to be folded together, and by which keys and in which streams they are found. */
export class CallGroup {
  /** the position of the first fact that was brought to it */
  readonly id: bigint;
  readonly pbx: string;
  readonly keys: Set<string>;
  readonly streams: Map<string, RevisionRange>;
  /** null: they stand in the log, and nobody has needed them yet */
  #facts: Fact[] | null;
  position: bigint;
  /** when the last of its facts was read; of call records when the last began */
  heardUntil: Micros | null;
  /** the same of the first */
  heardFrom: Micros | null;
  open = true;
  /** it is known to wait to be folded */
  waits = false;
  /** its row in `call_group` exists */
  stored: boolean;
  /** keys whose row in `call_member` is missing or names another group */
  readonly newKeys = new Set<string>();
  /** groups that went into this one since it was written */
  readonly absorbed: bigint[] = [];

  constructor(
    id: bigint,
    pbx: string,
    stored?: {
      readonly keys: Iterable<string>;
      readonly streams: Iterable<[string, RevisionRange]>;
      readonly position: bigint;
      readonly heardUntil: Micros | null;
      readonly heardFrom: Micros | null;
    },
  ) {
    this.id = id;
    this.pbx = pbx;
    this.stored = stored !== undefined;
    this.#facts = stored ? null : [];
    this.keys = new Set(stored?.keys);
    this.streams = new Map(stored?.streams);
    this.position = stored?.position ?? 0n;
    this.heardUntil = stored?.heardUntil ?? null;
    this.heardFrom = stored?.heardFrom ?? null;
  }

  /** What was brought to it. */
  get facts(): readonly Fact[] {
    if (this.#facts === null) throw new Error('the facts of a call were not read');
    return this.#facts;
  }

  get hasFacts(): boolean {
    return this.#facts !== null;
  }

  set facts(facts: readonly Fact[]) {
    this.#facts = [...facts];
  }

  /** About how many facts it has, whether they are at hand or not: as many as its streams of calls hold of it. */
  get size(): number {
    let size = 0;
    for (const [stream, { first, last }] of this.streams)
      if (!isSessionStream(stream)) size += Number(last - first) + 1;
    return size;
  }

  add({ fact, keys, stream, revision, position }: PlacedFact): void {
    for (const key of keys) this.#addKey(key);
    this.#addStream(stream, revision, revision);
    this.#facts?.push(fact);
    this.position = later(this.position, position);
    const heardAt = fact.receivedAt ?? fact.imported?.beganAt ?? null;
    this.heardUntil = laterTime(this.heardUntil, heardAt);
    this.heardFrom = earlierTime(this.heardFrom, heardAt);
  }

  absorb(other: CallGroup): void {
    for (const key of other.keys) this.#addKey(key);
    for (const [stream, range] of other.streams) this.#addStream(stream, range.first, range.last);
    this.#facts = this.#facts && other.#facts && this.#facts.concat(other.#facts);
    this.position = later(this.position, other.position);
    this.heardUntil = laterTime(this.heardUntil, other.heardUntil);
    this.heardFrom = earlierTime(this.heardFrom, other.heardFrom);
    this.absorbed.push(...other.absorbed, ...(other.stored ? [other.id] : []));
  }

  /** Everything of it is in the database now. */
  written(): void {
    this.stored = true;
    this.newKeys.clear();
    this.absorbed.length = 0;
  }

  #addKey(key: string): void {
    if (this.keys.has(key)) return;
    this.keys.add(key);
    this.newKeys.add(key);
  }

  #addStream(stream: string, first: bigint, last: bigint): void {
    const range = this.streams.get(stream);
    if (!range) {
      this.streams.set(stream, { first, last });
      return;
    }
    range.first = earlier(range.first, first);
    range.last = later(range.last, last);
  }
}
