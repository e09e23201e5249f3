/** How two texts lie to each other that agree wherever both are. */
export type Meeting = {
  /** where in the one the other begins; below 0: it has begun before */
  readonly at: number;
  /** how much they have in common */
  readonly length: number;
};

/** How `other` lies to `own`, so that as much as can be is in both; null: nothing is. */
export function meet(own: readonly string[], other: readonly string[]): Meeting | null {
  if (own.length === 0 || other.length === 0) return null;
  const [ownIn, otherIn] = [find(other, own), find(own, other)];
  const meetings: readonly Meeting[] = [
    ...(otherIn.at === null ? [] : [{ at: otherIn.at, length: other.length }]),
    ...(ownIn.at === null ? [] : [{ at: -ownIn.at, length: own.length }]),
    { at: own.length - otherIn.atEnd, length: otherIn.atEnd },
    { at: ownIn.atEnd - other.length, length: ownIn.atEnd },
  ];
  const longest = meetings.reduce((best, one) => (one.length > best.length ? one : best));
  return longest.length === 0 ? null : longest;
}

/** Goes through `text` by Knuth, Morris and Pratt: where `pattern` stands first, and how much of it stands at the end. */
function find(text: readonly string[], pattern: readonly string[]): { at: number | null; atEnd: number } {
  const shorter = borders(pattern);
  let atEnd = 0;
  let at: number | null = null;
  for (const [n, one] of text.entries()) {
    if (atEnd === pattern.length) atEnd = shorter[atEnd] ?? 0;
    while (atEnd > 0 && pattern[atEnd] !== one) atEnd = shorter[atEnd] ?? 0;
    if (pattern[atEnd] === one) atEnd += 1;
    if (atEnd === pattern.length) at ??= n + 1 - pattern.length;
  }
  return { at, atEnd };
}

/** Of each beginning of `pattern` (by its length) the longest shorter one that is also its end. */
function borders(pattern: readonly string[]): number[] {
  const lengths = [0, 0];
  let length = 0;
  for (const one of pattern.slice(1)) {
    while (length > 0 && pattern[length] !== one) length = lengths[length] ?? 0;
    if (pattern[length] === one) length += 1;
    lengths.push(length);
  }
  return lengths;
}
