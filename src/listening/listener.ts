import type { Logger } from 'pino';
import { abortingWith, unlessAborted } from '../aborting.ts';
import type { Micros } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { UNDISPUTED } from '../ports/lease.ts';
import type { PbxSource, PbxState } from '../ports/pbxSource.ts';
import type { RefusedFacts } from '../ports/refusedFacts.ts';
import { Hearing } from './hearing.ts';
import type { Journal, JournalState } from './journal/journal.ts';
import { DEFAULT_LOG_TIMINGS, LogAppender, type LogState, type LogTimings } from './logAppender.ts';
import { MAX_STORING, MemoryBudget, type MemoryShare } from './memoryBudget.ts';
import { type PassingOnTimings, passOnUnheard } from './passingOn.ts';
import type { Missing } from './permissionWatch.ts';
import type { SharingTimings, WaitsFor } from './sharing/planning.ts';
import { OwnConnections, type Sharing } from './sharing/sharing.ts';
import { StandingBy } from './standingBy.ts';
import { Storing } from './storing.ts';
import { Telling } from './telling.ts';
import type { UnendedCall } from './unendedCalls.ts';

export type ListenerTimings = LogTimings &
  SharingTimings &
  PassingOnTimings & {
    /** how often silent calls are looked for */
    readonly sweepMs: number;
    /** how long `stop` goes on to store; the rest waits in the journal for the next start */
    readonly drainMs: number;
    /** how often whoever comes after is told how far this server is */
    readonly tellMs: number;
    /** how long `stop` waits for another server to listen first */
    readonly offerMs: number;
    /** as `drainMs`, where another server has taken over: it has to have stored past what this one has heard */
    readonly handedOverMs: number;
  };

const DEFAULT_TIMINGS: ListenerTimings = {
  ...DEFAULT_LOG_TIMINGS,
  sweepMs: 60_000,
  drainMs: 3_000,
  tellMs: 500,
  offerMs: 5_000,
  handedOverMs: 20_000,
  underWayMs: 3_000,
  lookAgainMinMs: 200,
  lookAgainMaxMs: 2_000,
  unheardMinMs: 5_000,
  unheardMaxMs: 300_000,
};

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
  /** calls that are open where listening begins: given up like any other when nothing more is heard of them */
  readonly openCalls?: () => Promise<readonly UnendedCall[]>;
  /** where facts are kept that the log refuses; default: nowhere, they are only counted */
  readonly refusedFacts?: RefusedFacts;
  /** with which other servers; default: with none, nobody else stores what this PBX says */
  readonly sharing?: Sharing;
  /** where what is being stored is kept; default: all that a process may take */
  readonly memory?: MemoryShare;
  readonly timings?: Partial<ListenerTimings>;
};

export type ListenerState = PbxState & {
  /** what was heard and is not yet in the log; `oldestAt`: when the oldest of it was received, null: nothing waits */
  readonly journal: JournalState & {
    readonly oldestAt: Micros | null;
    /** for what of other servers it waits; null: for nothing */
    readonly waitsFor: WaitsFor | null;
  };
  readonly log: LogState;
  /** since when the PBX is not read because the journal has no room, on the disk or in memory; null: it is read */
  readonly heldSince: Micros | null;
  /** what the PBX does not send although it should */
  readonly missing: Missing;
  /** facts that were heard and are gone, since the start: the journal was damaged */
  readonly missingFacts: number;
  /** facts stored since the start */
  readonly stored: number;
  /** facts that were not stored, since the start, because another server has heard and stored them */
  readonly setAside: number;
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
 * log, for as long as that takes. While the journal has no room, or its disk fails, the socket is not read. Of several
 * servers one listens, and the others stand by.
 */
export function startListener(options: ListenerOptions): Listener {
  const { source, journal, log, clock, logger, app, sharing = null } = options;
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const { memory = new MemoryBudget(1, MAX_STORING).share() } = options;
  const lease = sharing?.lease ?? UNDISPUTED;
  const own = new OwnConnections(lease);
  const appender = new LogAppender(log, clock, logger, timings, givingUp.signal);
  const hearing = new Hearing({ source, journal, own, clock, logger });
  const storing = new Storing({
    pbx: source.pbx,
    app,
    journal,
    log,
    appender,
    sharing,
    own,
    timings,
    memory,
    clock,
    logger,
    refusedFacts: options.refusedFacts ?? null,
    signal: givingUp.signal,
  });
  const { openCalls = async () => [] } = options;
  const standingBy = new StandingBy({ hearing, sharing, openCalls, clock });
  const telling = new Telling({ hearing, storing, journal, clock });

  const tell = () => {
    if (sharing !== null && lease.state() === 'held')
      sharing.lease.tell({ server: sharing.server.id, ...telling.words() });
  };

  const hear = async (resumed: Promise<void>) => {
    const sweep = setInterval(() => {
      // another process may listen, and say it
      if (lease.state() === 'held') hearing.giveUpSilentCalls();
    }, timings.sweepMs);
    let untaken = 0;
    try {
      await resumed;
      await standingBy.run(stopping.signal);
    } finally {
      clearInterval(sweep);
      untaken = await journal.end();
    }
    if (untaken > 0) throw new CommslogError('JOURNAL_FAILED', `the disk did not take ${untaken} reads of the PBX`);
    await hearing.noted();
  };

  const run = async () => {
    const tellings = setInterval(tell, timings.tellMs);
    const resumed = hearing.resume();
    const heard = hear(resumed);
    try {
      const stored = resumed.then(() => unlessAborted(storing.run(), givingUp.signal));
      await Promise.all([heard, stored]);
      const { bytes } = journal.state();
      if (bytes > 0) logger.info({ pbx: source.pbx, bytes }, 'the rest waits in the journal for the next start');
    } finally {
      clearInterval(tellings);
      stopping.abort();
      givingUp.abort();
      await heard.catch(() => undefined);
      await journal.close();
      // it is free at once: what is on its way would arrive behind what its next holder finds in the log
      if (sharing !== null && (await storing.arrived())) await sharing.lease.release();
    }
  };

  /** True: another server listens, and has begun to before this one leaves. */
  const handOver = async (signal: AbortSignal): Promise<boolean> => {
    if (sharing === null || lease.state() !== 'held') return false;
    standingBy.offers(true);
    // what is heard while it is offered is stored by whoever listens then
    const isQuiet = await storing.hold();
    tell();
    const until = abortingWith(givingUp.signal, signal);
    const isTaken = isQuiet && (await sharing.lease.offer(timings.offerMs, until.signal));
    until.abort();
    standingBy.offers(isTaken);
    storing.goOn();
    return isTaken;
  };
  const leaving = new AbortController();
  const passing = passOnUnheard({
    lease,
    hearing,
    handOver: () => handOver(leaving.signal),
    timings,
    signal: abortingWith(leaving.signal, stopping.signal).signal,
  });
  const leave = async () => {
    if (leaving.signal.aborted) return;
    leaving.abort();
    await passing;
    const isHandedOver = await handOver(givingUp.signal);
    stopping.abort();
    const timer = setTimeout(() => givingUp.abort(), isHandedOver ? timings.handedOverMs : timings.drainMs);
    givingUp.signal.addEventListener('abort', () => clearTimeout(timer));
  };

  const done = run();
  options.signal?.addEventListener('abort', () => void leave(), { once: true });
  if (options.signal?.aborted) void leave();
  return {
    done,
    state() {
      const state = source.state();
      return {
        ...state,
        counts: { ...state.counts, ...Object.fromEntries([...hearing.dropped(), ...storing.refused()]) },
        journal: { ...journal.state(), oldestAt: storing.oldestAt(), waitsFor: storing.waitsFor() },
        log: appender.state(),
        heldSince: hearing.heldSince(),
        missing: hearing.missing(),
        missingFacts: storing.missingFacts(),
        stored: storing.stored(),
        setAside: storing.setAside(),
      };
    },
    async stop() {
      await leave();
      await done;
    },
  };
}
