import type { Logger } from 'pino';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { PbxSource, PbxState } from '../ports/pbxSource.ts';
import type { RefusedFacts } from '../ports/refusedFacts.ts';
import { FrameQueue, type QueueState } from './frameQueue.ts';
import { ItemStore } from './itemStore.ts';
import { DEFAULT_LOG_TIMINGS, LogAppender, type LogState, type LogTimings } from './logAppender.ts';
import { MemoryBudget, type MemoryShare } from './memoryBudget.ts';
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
  /** calls that were open when the program last ended: given up like any other when nothing more is heard of them */
  readonly unendedCalls?: readonly UnendedCall[];
  /** where facts are kept that the log refuses; default: nowhere, they are only counted */
  readonly refusedFacts?: RefusedFacts;
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
  const { unendedCalls = [], memory = new MemoryBudget(1).share() } = options;
  const queue = new FrameQueue(memory, stopping.signal, givingUp.signal);
  const appender = new LogAppender(log, clock, logger, timings, givingUp.signal);
  const store = new ItemStore(queue, appender, {
    pbx: source.pbx,
    app,
    clock,
    logger,
    unendedCalls,
    refusedFacts: options.refusedFacts ?? null,
    signal: givingUp.signal,
  });

  const run = async () => {
    const sweep = setInterval(() => store.giveUpSilentCalls(), timings.sweepMs);
    try {
      const both = Promise.all([pull(source, queue, stopping.signal), storeAll(queue, store)]);
      await Promise.race([both, aborted(givingUp.signal)]);
      const lost = queue.state().frames;
      if (lost > 0) logger.error({ pbx: source.pbx, frames: lost }, 'stopped before everything was stored');
    } finally {
      clearInterval(sweep);
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
        detail: detailOf(state, appender.state(), queue.state()),
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

/** Queue → log. */
async function storeAll(queue: FrameQueue, store: ItemStore): Promise<void> {
  for (let item = await queue.take(); item !== null; item = await queue.take()) await store.store(item);
  await store.idle();
}

function detailOf({ detail }: PbxState, log: LogState, queue: QueueState): string {
  if (log.state === 'available') return detail;
  const trouble = troubleOf(log);
  return queue.isFull
    ? `${detail} ${trouble} and the memory for what waits is full: the PBX is not read any more, and may cut us off.`
    : `${detail} ${trouble}: ${queue.frames} messages wait in memory.`;
}

function troubleOf({ state, lastError }: LogState): string {
  if (state === 'away') return 'The log of events is away';
  if (lastError === 'LOG_ACCESS_DENIED') return 'The log of events refuses access';
  return `The log of events cannot store before somebody acts (${lastError})`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
