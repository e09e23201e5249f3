import type { SaidFrame } from './frames.ts';
import type { KeptFrame } from './heardFrames.ts';
import type { NearFrames } from './nearFrames.ts';
import { overlap, standsIn } from './overlap.ts';
import type { FirstFrames } from './storedFrames.ts';

/** Where in a connection something changes: before the frame `at`; null: behind all of its frames. */
export type Boundary = {
  readonly at: KeptFrame | null;
  /** it is found by the frames; else what was said around it is left out */
  readonly isProved: boolean;
};

/**
 * Where in a connection another session has begun to hear too: what the connection has from there on must be what that has
 * stored first, frame by frame; `isOver`: it may have ended before the connection did.
 */
export function beginIn(
  { before, near, after, isTooMany }: NearFrames,
  { frames, isCut }: FirstFrames,
  isOver: boolean,
): Boundary {
  const ours = [...near, ...after];
  const unproved: Boundary = { at: ours[0] ?? null, isProved: ours.length === 0 };
  if (isTooMany) return unproved;
  const [own, theirs] = [keysOf(ours), keysOf(frames)];
  // it has begun itself when the other had already
  const isWithin = before.length === 0 && ours.length > 0 && standsIn(own, theirs);
  if (isWithin) return { at: ours[0] ?? null, isProved: true };
  if (isCut && theirs.length < own.length) return unproved;
  const isShort = isOver && theirs.length < own.length && standsIn(theirs, own);
  if (isShort) return { at: ours[placeIn(own, theirs)] ?? null, isProved: true };
  const both = overlap(own, theirs);
  // it had begun before, and has ended within
  const isEndOnly = isOver && before.length === 0 && overlap(theirs, own) > both;
  if (isEndOnly) return { at: ours[0] ?? null, isProved: true };
  return both < after.length ? unproved : { at: ours[ours.length - both] ?? null, isProved: true };
}

/**
 * Where in a connection another session has ended, which had heard it until then: what the connection has up to there must
 * be what that has stored last.
 */
export function endIn({ before, near, after, isTooMany }: NearFrames, last: readonly SaidFrame[]): Boundary {
  const ours = [...before, ...near];
  const [next = null] = after;
  if (isTooMany) return { at: next, isProved: false };
  const [own, theirs] = [keysOf(ours), keysOf(last)];
  // it has ended itself while the other still heard
  if (own.length > 0 && standsIn(own, theirs)) return { at: next, isProved: true };
  const both = overlap(theirs, own);
  // it was killed with holes, and what is behind the last of them begins within this connection
  const isFragment = both < theirs.length && theirs.length < own.length && standsIn(theirs, own);
  if (isFragment) return { at: ours[placeIn(own, theirs) + theirs.length] ?? next, isProved: true };
  if (both < before.length) return { at: next, isProved: false };
  return { at: ours[both] ?? next, isProved: true };
}

function placeIn(whole: readonly string[], part: readonly string[]): number {
  return whole.findIndex((_, from) => part.every((key, n) => whole[from + n] === key));
}

function keysOf(frames: readonly SaidFrame[]): string[] {
  return frames.map(({ key }) => key);
}
