import type { KeptFrame } from './heardFrames.ts';
import { MAX_RUNS } from './limits.ts';
import type { NearFrames } from './nearFrames.ts';
import { type Meeting, meet } from './overlap.ts';
import { ERASED_KEY, type Runs } from './storedFrames.ts';

/** Where in a connection something changes: before the frame `at`; null: behind all of its frames. */
export type Boundary = {
  readonly at: KeptFrame | null;
  /** it is where something changes; else what was said around it is left out */
  readonly isProved: boolean;
  /** frames that both have tell it; else only the clocks do */
  readonly isShared: boolean;
};

/**
 * Where in a connection another session has begun to hear too: what the connection has from there on is what that has stored
 * first (`runs`), frame by frame.
 */
export function beginIn(around: NearFrames, runs: Runs): Boundary {
  const { before, near, after, isTooMany } = around;
  const ours = [...before, ...near, ...after];
  const next = near[0] ?? after[0] ?? null;
  const unproved = { at: next, isProved: false, isShared: false };
  if (isTooMany) return unproved;
  const from = beginOf(keysOf(ours), runs);
  if (from !== null) return isThere(around, from) ? shared(ours, from) : unproved;
  const isBehind = after.length === 0;
  const isLongBefore = before.length === 0 && near.length === 0;
  return { at: isBehind ? null : next, isProved: isBehind || isLongBefore, isShared: false };
}

/**
 * Where in a connection another session has ended, which had heard it until then: what the connection has up to there is what
 * that has stored last (`runs`).
 */
export function endIn(around: NearFrames, runs: Runs): Boundary {
  const { before, near, after, isTooMany } = around;
  const ours = [...before, ...near, ...after];
  const unproved = { at: after[0] ?? null, isProved: false, isShared: false };
  if (isTooMany) return unproved;
  const to = endOf(keysOf(ours), runs);
  if (to !== null) return isThere(around, to) ? shared(ours, to) : unproved;
  const isLongBefore = before.length === 0;
  return isLongBefore ? { at: ours[0] ?? null, isProved: true, isShared: false } : unproved;
}

function shared(ours: readonly KeptFrame[], place: number): Boundary {
  return { at: ours[Math.max(0, place)] ?? null, isProved: true, isShared: true };
}

/** Where in `own` a session begins; below 0: before. Null: they have nothing in common. */
function beginOf(own: readonly string[], runs: Runs): number | null {
  const firsts = runs.slice(0, MAX_RUNS);
  const [met, nth] = firstMeeting(own, firsts);
  if (met === null) return null;
  // what is missing, it has heard; of what was erased it is known how much that is
  return firsts.slice(0, nth).every(isErased) ? met.at - nth : -1;
}

/** Where in `own` a session has ended; past its end: later. Null: they have nothing in common. */
function endOf(own: readonly string[], runs: Runs): number | null {
  const lasts = runs.slice(-MAX_RUNS).reverse();
  const [met, nth] = firstMeeting(own, lasts);
  if (met === null) return null;
  const isWhole = lasts.slice(0, nth).every(isErased);
  return isWhole ? met.at + (lasts[nth]?.length ?? 0) + nth : own.length + 1;
}

function firstMeeting(own: readonly string[], runs: Runs): readonly [met: Meeting | null, nth: number] {
  for (const [nth, run] of runs.entries()) {
    const met = meet(own, keysOf(run));
    if (met !== null) return [met, nth];
  }
  return [null, runs.length];
}

/** Whether the clocks do not say that a place is elsewhere: behind what was surely said before, and before what was after. */
function isThere({ before, near, after }: NearFrames, place: number): boolean {
  const isNotBefore = before.length === 0 || place >= before.length;
  return isNotBefore && (after.length === 0 || place <= before.length + near.length);
}

function isErased(run: Runs[number]): boolean {
  return run.every(({ key }) => key === ERASED_KEY);
}

function keysOf(frames: readonly { readonly key: string }[]): string[] {
  return frames.map(({ key }) => key);
}
