/** How long the session waits for what, in milliseconds. */
export type Timings = {
  /** for TCP, and again for TLS */
  readonly connectMs: number;
  /** for the banner, for the answer to a login, and for the answer to any action */
  readonly answerMs: number;
  readonly pingIntervalMs: number;
  /** unanswered for so long, in which nothing else came either, the connection is dead */
  readonly pingDeadlineMs: number;
  /**
   * Unanswered for so long, whatever else came, it is dead too. An answer stands behind what the PBX had to say before it:
   * that is 3 MB at most, since Asterisk cuts off whom more waits for, and so much comes over 50 kB/s in this time.
   */
  readonly pingPatienceMs: number;
  /** what is read so long after the last proof of hearing may be old: a Ping's interval, and a slow answer */
  readonly lateMs: number;
  /** for a list of all open channels, with all that has to be asked for it */
  readonly listMs: number;
  /** how often it is looked whether an account that may not ask for everything may ask for more by now */
  readonly permissionsMs: number;
  /** between two connections */
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  /** after a refused login, which the PBX writes into its security log each time */
  readonly refusedMinMs: number;
  readonly refusedMaxMs: number;
  /** a connection that lived so long was a good one: the next wait is a short one again */
  readonly stableMs: number;
};

export const DEFAULT_TIMINGS: Timings = {
  connectMs: 10_000,
  answerMs: 10_000,
  pingIntervalMs: 2_000,
  pingDeadlineMs: 10_000,
  pingPatienceMs: 60_000,
  lateMs: 4_000,
  listMs: 30_000,
  permissionsMs: 600_000,
  reconnectMinMs: 1_000,
  reconnectMaxMs: 30_000,
  refusedMinMs: 30_000,
  refusedMaxMs: 300_000,
  stableMs: 60_000,
};
