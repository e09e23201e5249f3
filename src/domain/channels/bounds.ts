/** What is known only to lie between two moments is folded as early and as late as it can have been. */
import type { Micros } from '../time.ts';

export type Bounds<T> = { readonly early: T; readonly late: T };

export function sure<T>(value: T): Bounds<T> {
  return { early: value, late: value };
}

/** Times are told in whole seconds. */
const KNOWN_TO = 1_000_000;

/** The time that both tell; null where they differ by more than a second, and where one of them tells none. */
export function agreedTime({ early, late }: Bounds<Micros | null>): Micros | null {
  return early === null || late === null || Math.abs(late - early) > KNOWN_TO ? null : early;
}

/** Whether a time that is told in whole seconds can be the one that lies between the two. */
export function allows({ early, late }: Bounds<Micros | null>, time: Micros): boolean {
  return (early === null || time >= early - KNOWN_TO) && (late === null || time <= late + KNOWN_TO);
}
