/** By these a lease changes hands within ten seconds of its holder's end. */
export type LeaseTimings = {
  /** how long it lasts after PostgreSQL has renewed it */
  readonly termMs: number;
  readonly renewMs: number;
  /** so much earlier its holder counts it as over: clocks do not run alike, and what is under way has to arrive */
  readonly marginMs: number;
  /** how long PostgreSQL may take to answer */
  readonly answerMs: number;
  /** one who makes itself ready for what is offered, and is not heard of for so long, is no successor any more */
  readonly successorMs: number;
};

export const LEASE_TIMINGS: LeaseTimings = {
  termMs: 6_000,
  renewMs: 1_000,
  marginMs: 1_000,
  answerMs: 2_000,
  successorMs: 3_000,
};
