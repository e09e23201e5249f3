/**
 * Bytes that are handed to a reader at once, and to all readers the same ones. An event has a bound of its own: what an entry
 * or a call shows in lists is at most some 200 kB, by how long its texts are and how many it has of each.
 */
export const PORTION_BYTES = 65_536;

/** Things in their order, so many together as there is room for in a portion; one that is larger stands alone. */
export function inPortions<T>(all: readonly T[], bytesOf: (one: T) => number): T[][] {
  const portions: T[][] = [];
  let left = 0;
  for (const one of all) {
    const bytes = bytesOf(one);
    if (bytes > left) {
      portions.push([]);
      left = PORTION_BYTES;
    }
    portions.at(-1)?.push(one);
    left -= bytes;
  }
  return portions;
}

/** Events as they go over the wire. */
export function portionsOf(events: readonly string[]): readonly Buffer[] {
  const encoded = events.map((event) => Buffer.from(event));
  return inPortions(encoded, (bytes) => bytes.length).map((some) => Buffer.concat(some));
}
