/** The later of two positions in the log, or revisions in a stream. */
export function later(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

export function earlier(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
