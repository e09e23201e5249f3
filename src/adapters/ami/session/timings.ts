/** How long the session waits for what, in milliseconds. */
export type Timings = {
  /** for TCP, and again for TLS */
  readonly connectMs: number;
  /** for the banner, for the answer to a login, and for the answer to any action */
  readonly answerMs: number;
  readonly pingIntervalMs: number;
  readonly pingDeadlineMs: number;
  /** between two connections */
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  /** after a refused login, which the PBX writes into its security log each time */
  readonly refusedMinMs: number;
  readonly refusedMaxMs: number;
  /** a connection that lived so long was a good one: the next wait is a short one again */
  readonly stableMs: number;
  /** to find out whether a PBX that was lost still listens */
  readonly goneMs: number;
  /** unread for so long, what is read next may be old */
  readonly staleMs: number;
};

export const DEFAULT_TIMINGS: Timings = {
  connectMs: 10_000,
  answerMs: 10_000,
  pingIntervalMs: 30_000,
  pingDeadlineMs: 10_000,
  reconnectMinMs: 1_000,
  reconnectMaxMs: 30_000,
  refusedMinMs: 30_000,
  refusedMaxMs: 300_000,
  stableMs: 60_000,
  goneMs: 2_000,
  staleMs: 1_000,
};
