/** How many of the last of `earlier` are the first of `later`, in their order: as many as can be. */
export function overlap(earlier: readonly string[], later: readonly string[]): number {
  return walk(earlier, later).length;
}

/** Whether `part` stands in `whole`, in one piece. */
export function standsIn(part: readonly string[], whole: readonly string[]): boolean {
  return walk(whole, part).isWhole;
}

/** Goes through `text` by Knuth, Morris and Pratt: how much of `pattern` stands at its end, and whether all of it did once. */
function walk(text: readonly string[], pattern: readonly string[]): { length: number; isWhole: boolean } {
  if (pattern.length === 0) return { length: 0, isWhole: true };
  const shorter = borders(pattern);
  let length = 0;
  let isWhole = false;
  for (const one of text) {
    if (length === pattern.length) length = shorter[length] ?? 0;
    while (length > 0 && pattern[length] !== one) length = shorter[length] ?? 0;
    if (pattern[length] === one) length += 1;
    isWhole ||= length === pattern.length;
  }
  return { length, isWhole };
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
