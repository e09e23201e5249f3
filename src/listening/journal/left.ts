import type { Numbered } from './line.ts';
import type { Released } from './released.ts';
import { stretches } from './segments.ts';

/** What stands in these files (the oldest first, with their safe bytes) and is not released: the last `maxBytes` of it. */
export async function* lastLeft(
  folder: string,
  files: Iterable<readonly [segment: number, safe: number]>,
  { upTo, number: first }: Released,
  maxBytes: number,
): AsyncGenerator<Numbered> {
  const left = [...files]
    .filter(([segment]) => segment >= upTo.segment)
    .map(([segment, safe]) => ({ segment, from: segment === upTo.segment ? upTo.offset : 0, safe }));
  let skipped = left.reduce((sum, { from, safe }) => sum + safe - from, 0) - maxBytes;
  let next = first;
  for (const { segment, from, safe } of left) {
    const offset = Math.min(safe, from + Math.max(0, skipped));
    skipped -= offset - from;
    // damage is set aside by whoever stores, and so is the first half of a line here none
    for await (const stretch of stretches(folder, { segment, offset }, safe)) {
      if (stretch.kind !== 'record' || stretch.number < next) continue;
      next = stretch.number + 1;
      yield stretch;
    }
  }
}
