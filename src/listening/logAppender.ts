import type { Logger } from 'pino';
import type { NewEvent, RecordedEvent } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import { CommslogError, type ErrorCode, hasCode } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, ExpectedRevision } from '../ports/eventStore.ts';
import { createBackoff } from '../retry.ts';
import { LogGate } from './logGate.ts';

/** What became of an append. */
export type Appended =
  | { readonly outcome: 'stored'; readonly revision: bigint }
  /** these events can never be stored so */
  | { readonly outcome: 'refused'; readonly code: 'STREAM_DELETED' | 'INVALID_EVENT' | 'APPEND_TOO_LARGE' }
  /** the program stops; they may be stored or not */
  | { readonly outcome: 'given_up' };

export type LogState = {
  readonly state: 'available' | 'away' | 'denied';
  readonly since: Micros;
  readonly lastError: ErrorCode | null;
};

export type LogTimings = {
  readonly awayMinMs: number;
  readonly awayMaxMs: number;
  /** access is denied until a person changes something */
  readonly deniedMinMs: number;
  readonly deniedMaxMs: number;
};

export const DEFAULT_LOG_TIMINGS: LogTimings = {
  awayMinMs: 500,
  awayMaxMs: 15_000,
  deniedMinMs: 30_000,
  deniedMaxMs: 120_000,
};

/** Appends for as long as it takes. One append that fails makes all others wait until one has got through. */
export class LogAppender {
  readonly #log: EventStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #gate: LogGate;
  readonly #whileAway;
  readonly #whileDenied;
  #state: LogState;

  /** When `signal` aborts, every append that waits is given up. */
  constructor(log: EventStore, clock: Clock, logger: Logger, timings: LogTimings, signal: AbortSignal) {
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
    this.#gate = new LogGate(signal);
    this.#whileAway = createBackoff({ minMs: timings.awayMinMs, maxMs: timings.awayMaxMs });
    this.#whileDenied = createBackoff({ minMs: timings.deniedMinMs, maxMs: timings.deniedMaxMs });
    this.#state = { state: 'available', since: clock.now(), lastError: null };
  }

  state(): LogState {
    return this.#state;
  }

  /**
   * Appends `events` to `stream`, whose end is thought to be at `expected`. What may have come through is repeated as it
   * was, and the log finds out what of it stands; only when something else stands there is the stream's end looked up.
   */
  async append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<Appended> {
    let end = expected;
    while (await this.#gate.enter()) {
      try {
        const tried = await this.#try(stream, events, end);
        this.#isThere();
        if (tried.outcome !== 'ends_elsewhere') return tried;
        end = tried.end;
      } catch (error) {
        this.#isAway(error);
      }
    }
    return { outcome: 'given_up' };
  }

  async #try(
    stream: string,
    events: readonly NewEvent[],
    end: ExpectedRevision,
  ): Promise<Appended | { readonly outcome: 'ends_elsewhere'; readonly end: ExpectedRevision }> {
    const first = end === 'no_stream' ? 0n : end + 1n;
    const stored = { outcome: 'stored', revision: first + BigInt(events.length) - 1n } as const;
    try {
      await this.#log.append(stream, events, end);
      return stored;
    } catch (error) {
      if (hasCode(error, 'STREAM_DELETED', 'INVALID_EVENT', 'APPEND_TOO_LARGE')) {
        return { outcome: 'refused', code: error.code };
      }
      if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
    }
    const last = await firstOf(this.#log.readStream(stream, { direction: 'backwards', limit: 1 }));
    const found = last?.revision ?? 'no_stream';
    if (found === end)
      throw new CommslogError('LOG_UNAVAILABLE', 'the log contradicts itself about the end of a stream');
    return { outcome: 'ends_elsewhere', end: found };
  }

  #isThere(): void {
    this.#gate.open();
    if (this.#state.state === 'available') return;
    this.#enter('available', null);
    this.#whileAway.reset();
    this.#whileDenied.reset();
    this.#logger.info('the log of events can be written again');
  }

  #isAway(error: unknown): void {
    const code = error instanceof CommslogError ? error.code : 'LOG_UNAVAILABLE';
    const isDenied = code === 'LOG_ACCESS_DENIED';
    this.#gate.shut(isDenied ? this.#whileDenied : this.#whileAway);
    if (this.#state.lastError === code) return;
    this.#enter(isDenied ? 'denied' : 'away', code);
    // The text of an error may show what was to be written: only its name is told.
    const name = error instanceof Error ? error.name : typeof error;
    this.#logger.warn(
      { code, error: name },
      'the log of events cannot be written; what the PBX says is kept in memory meanwhile',
    );
  }

  #enter(state: LogState['state'], lastError: ErrorCode | null): void {
    this.#state = { state, since: this.#clock.now(), lastError };
  }
}

async function firstOf(batches: AsyncIterable<readonly RecordedEvent[]>): Promise<RecordedEvent | null> {
  for await (const [event] of batches) return event ?? null;
  return null;
}
