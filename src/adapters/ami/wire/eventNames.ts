import { isSkipped } from './skipList.ts';

/** An event name that was seen on this connection. */
export type EventName = {
  readonly name: string;
  readonly skipped: boolean;
  /** frames so far */
  count: number;
  /** size of the last frame */
  bytes: number;
};

type Known = EventName & { readonly spelling: Uint8Array };

/** A PBX has some two hundred event names; more than this are not remembered, only looked at each time. */
const MAX_KNOWN_NAMES = 512;
const MAX_NAME_BYTES = 64;
const BUCKETS = 256;
const USUAL_BYTES = 500;

/**
 * Recognises event names as bytes, so that a frame which is not stored costs no string. Names past the bound are
 * counted together.
 */
export class EventNames {
  readonly #buckets: Known[][] = Array.from({ length: BUCKETS }, () => []);
  readonly #others: EventName = { name: 'other', skipped: true, count: 0, bytes: 0 };
  #known = 0;

  /** The name in `bytes[from, to)`. */
  of(bytes: Buffer, from: number, to: number): EventName {
    const bucket = this.#buckets[hashOf(bytes, from, to)] ?? [];
    for (const known of bucket) if (isEqual(known.spelling, bytes, from, to)) return known;
    return this.#firstSeen(bytes.subarray(from, to), bucket);
  }

  /** Skipped frames by event name. */
  *skipped(): Iterable<readonly [name: string, count: number]> {
    for (const { name, skipped, count } of this.#buckets.flat()) if (skipped && count > 0) yield [name, count];
    if (this.#others.count > 0) yield [this.#others.name, this.#others.count];
  }

  #firstSeen(spelling: Buffer, bucket: Known[]): EventName {
    const name = spelling.toString('utf8');
    const event = { name, skipped: isSkipped(name), count: 0, bytes: USUAL_BYTES, spelling: Uint8Array.from(spelling) };
    if (this.#known < MAX_KNOWN_NAMES && spelling.length <= MAX_NAME_BYTES) {
      this.#known += 1;
      bucket.push(event);
    } else if (event.skipped) {
      return this.#others;
    }
    return event;
  }
}

/** Length and three letters tell nearly all names apart. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  const letters = (bytes[from] ?? 0) + 3 * (bytes[(from + to) >> 1] ?? 0) + 7 * (bytes[to - 1] ?? 0);
  return (letters + 31 * (to - from)) & (BUCKETS - 1);
}

function isEqual(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[from + at]) return false;
  return true;
}
