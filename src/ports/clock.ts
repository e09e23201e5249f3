import type { Micros } from '../domain/time.ts';

/** The wall clock, as microseconds since the epoch. */
export type Clock = { now(): Micros };

export const systemClock: Clock = {
  now: () => Math.round((performance.timeOrigin + performance.now()) * 1000) as Micros,
};
