import type { Logger } from 'pino';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { PbxSource, PbxState } from '../ports/pbxSource.ts';

import type { RefusedFacts } from '../ports/refusedFacts.ts';

import { UNDISPUTED, type WriteRight, whenHeld } from '../ports/writeRight.ts';

import { FrameQueue, type QueueState } from './frameQueue.ts';
import { ItemStore } from './itemStore.ts';
import { detailOf } from './listenerWords.ts';
import { DEFAULT_LOG_TIMINGS, LogAppender, type LogState, type LogTimings } from './logAppender.ts';
import { MemoryBudget, type MemoryShare } from './memoryBudget.ts';
import { rightfulLog } from './rightfulLog.ts';
import type { UnendedCall } from './unendedCalls.ts';

export type ListenerTimings = LogTimings & {
  /** how often silent calls are looked for */
  readonly sweepMs: number;
  /** how long `stop` tries to store what is in memory; a shutdown may take five seconds in all */
  readonly drainMs: number;
};

const DEFAULT_TIMINGS: ListenerTimings = { ...DEFAULT_LOG_TIMINGS, sweepMs: 60_000, drainMs: 3_000 };

export type ListenerOptions = {
  readonly source: PbxSource;
  readonly log: EventStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** version of the program */
  readonly app: string;
  /** stops the listener, as `stop` does */
  readonly signal?: AbortSignal;
  /**
   * calls that were open when the program last ended: given up like any other when nothing more is heard of them; nothing
   * is stored before they are known
   */
  readonly unendedCalls?: readonly UnendedCall[] | Promise<readonly UnendedCall[]>;
  /** where facts are kept that the log refuses; default: nowhere, they are only counted */
  readonly refusedFacts?: RefusedFacts;
  /** nothing is stored while it is not held, and nothing that another process has stored meanwhile; default: undisputed */
  readonly right?: WriteRight;
  /** where what is not yet stored is kept; default: all that a process may take */
  readonly memory?: MemoryShare;
  readonly timings?: Partial<ListenerTimings>;
};

export type ListenerState = PbxState & {
  /** what is in memory and not yet in the log */
  readonly queue: QueueState;
  readonly log: LogState;
  /** facts stored since the start */
  readonly stored: number;
};

export type Listener = {
  /** ends when the source has ended or `stop` was called, and all is stored; rejects when the log will never take it */
  readonly done: Promise<void>;
  state(): ListenerState;
  /** Leaves the PBX, stores what is in memory, for `drainMs` at most, and says `PbxDisconnected`. */
  stop(): Promise<void>;
};

/**
 * Stores what a PBX says. While the log is away a bounded queue fills; then the source is not asked any more, and so
 * the socket is not read. What is in memory when the process is killed is lost.
 */
export function startListener(options: ListenerOptions): Listener {
  const { source, log, clock, logger, app } = options;
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const { unendedCalls = [], memory = new MemoryBudget(1).share(), right = UNDISPUTED } = options;
  const queue = new FrameQueue(memory, stopping.signal, givingUp.signal);
  const appender = new LogAppender(rightfulLog(log, right), clock, logger, timings, givingUp.signal);
  const store = new ItemStore(queue, appender, {
    pbx: source.pbx,
    app,
    clock,
    logger,
    log,
    unendedCalls,
    refusedFacts: options.refusedFacts ?? null,
    signal: givingUp.signal,
  });

  const doubtUnlessHeld = () => {
    if (right.state() !== 'held') store.elsewhere.doubt();
  };

  const run = async () => {
    doubtUnlessHeld();
    const unwatch = right.onChange(doubtUnlessHeld);
    const sweep = setInterval(() => {
      if (!store.elsewhere.isInDoubt()) store.giveUpSilentCalls();
    }, timings.sweepMs);
    try {
      const both = Promise.all([pull(source, queue, stopping.signal), storeAll(queue, store, right, givingUp.signal)]);
      await Promise.race([both, aborted(givingUp.signal)]);
      const lost = queue.state().frames;
      if (lost > 0) logger.error({ pbx: source.pbx, frames: lost }, 'stopped before everything was stored');
    } finally {
      clearInterval(sweep);
      unwatch();
      stopping.abort();
      givingUp.abort();
    }
  };
  const leave = () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    const timer = setTimeout(() => givingUp.abort(), timings.drainMs);
    givingUp.signal.addEventListener('abort', () => clearTimeout(timer));
  };

  const done = run();
  options.signal?.addEventListener('abort', leave, { once: true });
  if (options.signal?.aborted) leave();
  return {
    done,
    state() {
      const state = source.state();
      return {
        ...state,
        detail: detailOf(state, right.state(), appender.state(), queue.state()),
        counts: { ...state.counts, ...Object.fromEntries(store.counts()) },
        queue: queue.state(),
        log: appender.state(),
        stored: store.stored(),
      };
    },
    async stop() {
      leave();
      await done;
    },
  };
}

/** Socket → queue. While the queue is full the source is not asked, and so the socket is not read. */
async function pull(source: PbxSource, queue: FrameQueue, signal: AbortSignal): Promise<void> {
  try {
    for await (const item of source.items(signal)) {
      queue.put(item);
      await queue.room();
    }
  } finally {
    queue.close();
  }
}

/** Queue → log. What comes while another process may store it waits in the queue. */
async function storeAll(queue: FrameQueue, store: ItemStore, right: WriteRight, givingUp: AbortSignal): Promise<void> {
  for (let item = await queue.take(); item !== null; item = await queue.take()) {
    while (store.elsewhere.isInDoubt() && !givingUp.aborted) {
      await whenHeld(right, givingUp);
      await store.elsewhere.compare();
    }
    await store.store(item);
  }
  await store.idle();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
