import type { Micros } from '../domain/time.ts';

/** The wall clock, as microseconds since the epoch. */
export type Clock = { now(): Micros };

/** Goes on counting from when the program began, whatever becomes of the machine's clock. */
export const systemClock: Clock = {
  now: () => Math.round((performance.timeOrigin + performance.now()) * 1000) as Micros,
};

/** How far the machine's clock has been set forward since the program began, in seconds; back: less than 0. */
export function clockSetSeconds(): number {
  return Date.now() / 1000 - systemClock.now() / 1_000_000;
}
