/**
 * So far from each other two servers may tell the time of one frame: a read that is not said to be late is at most four
 * seconds old, and clocks that are compared by the PBX's agree to half a second.
 */
export const AROUND_MICROS = 5_000_000;

/** What was heard around a moment is compared in memory up to so many frames; what is more cannot be told apart. */
export const MAX_NEAR_FRAMES = 50_000;

/** Frames that are surely beyond a boundary, by which it is seen that both servers are told the same. */
export const PROVING_FRAMES = 50;

/** A session that has stored its first, or last, frames with more holes than these in them is not looked through. */
export const MAX_RUNS = 100;

/** A connection that more sessions of others lie in than these: what comes after them is left to the call records. */
export const MAX_SESSIONS_WITHIN = 200;

/** Of the sessions that began before a connection so many are looked at: one that heard nothing can lie within another. */
export const EARLIER_SESSIONS = 10;

/** A holder stores nothing any more so long after its last words: the term of its lease, and what an append may take. */
export const SILENT_AFTER_MICROS = 11_000_000;
