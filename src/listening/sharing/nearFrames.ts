import type { SaidFrame } from './frames.ts';
import type { KeptFrame } from './heardFrames.ts';
import { AROUND_MICROS, MAX_NEAR_FRAMES, PROVING_FRAMES } from './limits.ts';

/** The frames of a connection around a moment, by which it is found where another session begins or ends in it. */
export type NearFrames = {
  /** the last of those that were surely said before */
  readonly before: readonly KeptFrame[];
  /** that may have been said before or after */
  readonly near: readonly KeptFrame[];
  /** the first of those that were surely said after */
  readonly after: readonly KeptFrame[];
  /** there were more of `near` than can be compared: these are the first */
  readonly isTooMany: boolean;
};

/** Finds them among all frames of a connection (from some place on); `moment` is the frame of the other session. */
export async function framesNear(frames: AsyncIterable<KeptFrame>, moment: SaidFrame): Promise<NearFrames> {
  const before: KeptFrame[] = [];
  const near: KeptFrame[] = [];
  let after: KeptFrame[] = [];
  let isTooMany = false;
  for await (const frame of frames) {
    const place = placeOf(frame, moment);
    if (place === 'before' && near.length === 0 && after.length === 0) {
      before.push(frame);
      if (before.length > PROVING_FRAMES) before.shift();
    } else if (place === 'after') {
      after.push(frame);
      if (after.length >= PROVING_FRAMES) break;
    } else if (near.length + after.length >= MAX_NEAR_FRAMES) {
      isTooMany = true;
      after = [];
    } else {
      // what was read late stands behind what was not, though it may have been said before
      near.push(...after, frame);
      after = [];
    }
  }
  return { before, near, after, isTooMany };
}

function placeOf(frame: SaidFrame, moment: SaidFrame): 'before' | 'near' | 'after' {
  if (frame.to !== null && moment.from !== null && frame.to < moment.from - AROUND_MICROS) return 'before';
  if (frame.from !== null && moment.to !== null && frame.from > moment.to + AROUND_MICROS) return 'after';
  return 'near';
}
