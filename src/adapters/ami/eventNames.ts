import { isSkipped } from './skipList.ts';

/** An event name that was seen on this connection. */
export type EventName = { readonly name: string; readonly skipped: boolean; count: number };

type Known = EventName & { readonly bytes: Uint8Array };

/** A PBX has some two hundred event names; more than this are not remembered, only looked at each time. */
const MAX_KNOWN_NAMES = 512;
const MAX_NAME_BYTES = 64;

/**
 * Recognises event names as bytes, so that a frame which is not stored costs no string. Counts how often each came;
 * names past the bound are counted together.
 */
export class EventNames {
  readonly #known = new Map<number, Known>();
  readonly #others = { stored: 0, skipped: 0 };

  /** The name in `bytes[from, to)`, counted once more. */
  seen(bytes: Buffer, from: number, to: number): EventName {
    const hash = hashOf(bytes, from, to);
    const known = this.#known.get(hash);
    if (known !== undefined && isEqual(known.bytes, bytes, from, to)) {
      known.count += 1;
      return known;
    }
    return this.#firstSeen(bytes.subarray(from, to), hash, known === undefined);
  }

  /** Skipped frames by event name. */
  *skipped(): Iterable<readonly [name: string, count: number]> {
    for (const { name, skipped, count } of this.#known.values()) if (skipped) yield [name, count];
    if (this.#others.skipped > 0) yield ['other', this.#others.skipped];
  }

  #firstSeen(bytes: Buffer, hash: number, isNew: boolean): EventName {
    const name = bytes.toString('utf8');
    const event = { name, skipped: isSkipped(name), count: 1, bytes: Uint8Array.from(bytes) };
    if (isNew && this.#known.size < MAX_KNOWN_NAMES && bytes.length <= MAX_NAME_BYTES) this.#known.set(hash, event);
    else if (event.skipped) this.#others.skipped += 1;
    return event;
  }
}

function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = to - from;
  for (let at = from; at < to; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) & 0x3fffffff;
  return hash;
}

function isEqual(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[from + at]) return false;
  return true;
}
