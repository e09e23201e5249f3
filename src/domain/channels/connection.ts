/** One connection to a PBX, as far as it is known. */
import type { Hearing } from '../facts/hearing.ts';
import type { Micros } from '../time.ts';

/** What a comparison of the clocks showed: the PBX's minus ours, in microseconds, from `at` on. */
export type ClockReading = { readonly at: Micros; readonly offset: number };

export type Connection = Hearing & {
  readonly pbx: string;
  readonly connectedAt: Micros;
  readonly disconnectedAt: Micros | null;
  readonly lastHeardAt: Micros | null;
  /** the PBX said that it goes down */
  readonly pbxWentDown: boolean;
  readonly reason: string | null;
  /** when the session's list of all open channels was complete; null: there was none */
  readonly listedAt?: Micros | null;
  /** the PBX was started anew before this session and after the ones before: not later than this; null: not that we know */
  readonly restartedBy?: Micros | null;
  /** in the order of time; none: nobody compared */
  readonly clock?: readonly ClockReading[];
};

/** Clocks that differ by less are one clock: a comparison is not surer, and times are told in whole seconds. */
const ONE_CLOCK = 1_000_000;

/** A clock that was set is compared so soon; until then what it tells may be by the one or by the other. */
export const CLOCK_COMPARED_WITHIN = 10_000_000;

/** What the clock that was compared so showed more than ours at a time, in microseconds; 0 before the first comparison. */
export function offsetAt(clock: readonly ClockReading[], time: Micros | null): number {
  const reading = time === null ? undefined : clock.findLast(({ at }) => at <= time);
  return reading === undefined ? 0 : offsetOf(reading);
}

/** What it may have showed more than ours: what `offsetAt` tells, and what was found soon after. */
export function offsetsAbout(clock: readonly ClockReading[], time: Micros): readonly number[] {
  const next = clock.filter(({ at }) => at > time && at <= time + CLOCK_COMPARED_WITHIN);
  return [offsetAt(clock, time), ...next.map(offsetOf)];
}

function offsetOf({ offset }: ClockReading): number {
  return Math.abs(offset) < ONE_CLOCK ? 0 : offset;
}
