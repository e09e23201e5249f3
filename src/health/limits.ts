/** How often the database, the log and the disk are asked. */
export const MEASURE_EVERY_MS = 1_000;

/** What has not answered within this time does not answer. */
export const ANSWER_MS = 2_000;

/** What was heard and waits for the log for longer than this, or is more than this, is told of as a warning. */
export const MAX_WAIT_SECONDS = 10;
export const MAX_WAITING_BYTES = 64 * 1024 ** 2;

/** A call log that is further behind the log of events than this is told of as a warning; it still serves. */
export const MAX_LAG_SECONDS = 5;

/** A call of which more is known than its row tells for longer than this is told of as a warning: the largest rest for seconds. */
export const MAX_FOLDING_SECONDS = 30;

/** A PBX that is not read for so long is told of: the journal has no room. */
export const MAX_HELD_SECONDS = 2;

/** What is read of a PBX may be so old before it is told of. */
export const MAX_DELAY_SECONDS = 5;

/** Less room on the disk of DATA_DIR is told of as a warning: the journal of a PBX alone may take 4 GiB. */
export const MIN_FREE_BYTES = 1024 ** 3;

/** The gaps of this time are told of. They are asked for less often: they are added up over all connections of it. */
export const GAPS_OF_SECONDS = 86_400;
export const GAPS_EVERY_MS = 30_000;

/** Gaps that are not filled, together longer than this, are told of as a warning: a restart of `serve` makes a short one. */
export const MAX_GAP_SECONDS = 60;

/** A clock that was set by less is not told of: the figure of a PBX's clock is no surer. */
export const MAX_CLOCK_SET_SECONDS = 2;

/** A try to pack old events of the log may fail so often before it is told: the next one comes within minutes. */
export const MAX_PACKING_TRIES = 3;

/** A start takes so long; what is not well by then is told of. */
export const START_MS = 10_000;

/** At most one line a check in this time, however often it changes. */
export const CHANGE_LINE_EVERY_MS = 10_000;

/** A server that does something for all and was not heard of for so long is told of as a warning. */
export const MAX_SILENT_SECONDS = 5;

/** After so long it counts as gone: what it did is done by nobody, as far as is known. */
export const MAX_ABSENT_SECONDS = 15;

/** Clocks of servers may differ by so much: times of one are compared with those of another. */
export const MAX_SERVER_CLOCKS_MS = 2_000;
