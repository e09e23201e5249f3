import type { Logger } from 'pino';
import type { Micros } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { type Lease, UNDISPUTED } from '../ports/lease.ts';
import type { PbxSource, PbxState } from '../ports/pbxSource.ts';
import type { RefusedFacts } from '../ports/refusedFacts.ts';
import { Hearing } from './hearing.ts';
import type { Journal, JournalState } from './journal/journal.ts';
import { DEFAULT_LOG_TIMINGS, LogAppender, type LogState, type LogTimings } from './logAppender.ts';
import { MAX_STORING, MemoryBudget, type MemoryShare } from './memoryBudget.ts';
import type { Missing } from './permissionWatch.ts';
import { Storing } from './storing.ts';
import type { UnendedCall } from './unendedCalls.ts';

export type ListenerTimings = LogTimings & {
  /** how often silent calls are looked for */
  readonly sweepMs: number;
  /** how long `stop` goes on to store; the rest waits in the journal for the next start */
  readonly drainMs: number;
};

const DEFAULT_TIMINGS: ListenerTimings = { ...DEFAULT_LOG_TIMINGS, sweepMs: 60_000, drainMs: 3_000 };

export type ListenerOptions = {
  readonly source: PbxSource;
  /** of this PBX; ended and closed with the listener */
  readonly journal: Journal;
  readonly log: EventStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** version of the program */
  readonly app: string;
  /** stops the listener, as `stop` does */
  readonly signal?: AbortSignal;
  /** calls that were open when the program last ended: given up like any other when nothing more is heard of them */
  readonly unendedCalls?: Promise<readonly UnendedCall[]>;
  /** where facts are kept that the log refuses; default: nowhere, they are only counted */
  readonly refusedFacts?: RefusedFacts;
  /** nothing is stored while it is not held, and nothing that another process has stored meanwhile; default: undisputed */
  readonly right?: Lease;
  /** where what is being stored is kept; default: all that a process may take */
  readonly memory?: MemoryShare;
  readonly timings?: Partial<ListenerTimings>;
};

export type ListenerState = PbxState & {
  /** what was heard and is not yet in the log; `oldestAt`: when the oldest of it was received, null: nothing waits */
  readonly journal: JournalState & { readonly oldestAt: Micros | null };
  readonly log: LogState;
  /** since when the PBX is not read because the journal has no room, on the disk or in memory; null: it is read */
  readonly heldSince: Micros | null;
  /** what the PBX does not send although it should */
  readonly missing: Missing;
  /** facts that were heard and are gone, since the start: the journal was damaged */
  readonly missingFacts: number;
  /** facts stored since the start */
  readonly stored: number;
};

export type Listener = {
  /**
   * Ends when the source has ended or `stop` was called, and all is in the log or in the journal. Rejects when the log
   * will never take it, and when the disk did not take all that was heard (`JOURNAL_FAILED`).
   */
  readonly done: Promise<void>;
  state(): ListenerState;
  /** Leaves the PBX and says so, stores for `drainMs` at most, and leaves the rest in the journal. */
  stop(): Promise<void>;
};

/**
 * Stores what a PBX says. What is heard is safe in the journal before it counts as received; from there it goes into the
 * log, for as long as that takes. While the journal has no room, or its disk fails, the socket is not read.
 */
export function startListener(options: ListenerOptions): Listener {
  const { source, journal, log, clock, logger, app } = options;
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const { memory = new MemoryBudget(1, MAX_STORING).share(), right = UNDISPUTED } = options;
  const appender = new LogAppender(rightfulLog(log, right), clock, logger, timings, givingUp.signal);
  const hearing = new Hearing({ source, journal, clock, logger });
  const storing = new Storing({
    pbx: source.pbx,
    app,
    journal,
    log,
    appender,
    right,
    memory,
    clock,
    logger,
    refusedFacts: options.refusedFacts ?? null,
    signal: givingUp.signal,
  });

  const doubtUnlessHeld = () => {
    if (right.state() !== 'held') storing.elsewhere.doubt();
  };

  const hear = async (resumed: Promise<void>) => {
    const sweep = setInterval(() => {
      // another process may listen, and say it
      if (!storing.elsewhere.isInDoubt()) hearing.giveUpSilentCalls();
    }, timings.sweepMs);
    let untaken = 0;
    try {
      await resumed;
      await hearing.run(stopping.signal);
    } finally {
      clearInterval(sweep);
      untaken = await journal.end();
    }
    if (untaken > 0) throw new CommslogError('JOURNAL_FAILED', `the disk did not take ${untaken} reads of the PBX`);
    await hearing.noted();
  };

  const run = async () => {
    doubtUnlessHeld();
    const unwatch = right.onChange(doubtUnlessHeld);
    const resumed = hearing.resume();
    const heard = hear(resumed);
    try {
      const stored = resumed.then(() => Promise.race([storing.run(), aborted(givingUp.signal)]));
      await Promise.all([heard, stored]);
      const { bytes } = journal.state();
      if (bytes > 0) logger.info({ pbx: source.pbx, bytes }, 'the rest waits in the journal for the next start');
    } finally {
      unwatch();
      stopping.abort();
      givingUp.abort();
      await heard.catch(() => undefined);
      await journal.close();
    }
  };
  const leave = () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    const timer = setTimeout(() => givingUp.abort(), timings.drainMs);
    givingUp.signal.addEventListener('abort', () => clearTimeout(timer));
  };

  options.unendedCalls?.then((calls) => hearing.expect(calls)).catch(() => undefined);
  const done = run();
  options.signal?.addEventListener('abort', leave, { once: true });
  if (options.signal?.aborted) leave();
  return {
    done,
    state() {
      const state = source.state();
      return {
        ...state,
        counts: { ...state.counts, ...Object.fromEntries([...hearing.dropped(), ...storing.counts()]) },
        journal: { ...journal.state(), oldestAt: storing.oldestAt() },
        log: appender.state(),
        heldSince: hearing.heldSince(),
        missing: hearing.missing(),
        missingFacts: storing.missingFacts(),
        stored: storing.stored(),
      };
    },
    async stop() {
      leave();
      await done;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/**
 * The log for one who writes only while the right to it is held: else `append` fails with `SERVE_LOCK_LOST`. What was
 * already under way when the right was lost may still come through.
 */
function rightfulLog(log: EventStore, right: Lease): Pick<EventStore, 'append' | 'readStream'> {
  return {
    append(stream, events, expected) {
      if (right.state() === 'held') return log.append(stream, events, expected);
      return Promise.reject(new CommslogError('SERVE_LOCK_LOST', 'the lock of this `serve` is not held'));
    },
    readStream: (stream, options) => log.readStream(stream, options),
  };
}
