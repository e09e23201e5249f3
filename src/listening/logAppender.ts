import type { Logger } from 'pino';
import type { NewEvent, RecordedEvent } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import { MAX_UNLISTED_TRIES, nameOf, policyOf } from '../errorPolicy.ts';
import { CommslogError, hasCode } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, ExpectedRevision } from '../ports/eventStore.ts';
import { type Backoff, createBackoff, pause } from '../retry.ts';
import { LogGate } from './logGate.ts';
import { standingOf } from './standing.ts';

/** What became of an append. */
export type Appended =
  /** where the last of these events stands */
  | ({ readonly outcome: 'stored' } & Pick<RecordedEvent, 'revision' | 'position'>)
  /** not all of these events can be stored: `code` says why, as `nameOf` does */
  | { readonly outcome: 'refused'; readonly code: string }
  /** the program stops, or it may not write any more; they may be stored or not */
  | { readonly outcome: 'given_up' };

/** `denied`: nothing is stored before a person has done something about `lastError`. */
export type LogState = {
  readonly state: 'available' | 'away' | 'denied';
  readonly since: Micros;
  /** as `nameOf` says it */
  readonly lastError: string | null;
  /** tries that failed since it took something last */
  readonly failedTries: number;
};

export type LogTimings = {
  readonly awayMinMs: number;
  readonly awayMaxMs: number;
  /** while a person has to do something */
  readonly deniedMinMs: number;
  readonly deniedMaxMs: number;
};

export const DEFAULT_LOG_TIMINGS: LogTimings = {
  awayMinMs: 500,
  awayMaxMs: 15_000,
  deniedMinMs: 30_000,
  deniedMaxMs: 120_000,
};

/** On which an append is made. */
export type Terms = {
  /** asked before each try: false when it may not be written any more */
  readonly may: () => boolean;
  /** of the log: if any of the events stands in it, then behind this position; null: among the last of the stream */
  readonly behind: bigint | null;
};

const ALWAYS: Terms = { may: () => true, behind: null };

/** Of one append: failures by what is in no table, how much had been stored at the last, and the waits between them. */
type UnlistedTries = { count: number; storedBefore: number; readonly waits: Backoff };

/**
 * Appends for as long as it takes, by what can be done about an error (`policyOf`). While the log is away, or a person has
 * to act, all appends wait and one at a time tries. What the log can never take is given back as refused.
 */
export class LogAppender {
  readonly #log: Pick<EventStore, 'append' | 'readStream'>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #gate: LogGate;
  readonly #signal: AbortSignal;
  readonly #whenAway: Parameters<typeof createBackoff>[0];
  readonly #whileAway;
  readonly #whileDenied;
  #state: Omit<LogState, 'failedTries'>;
  #failedTries = 0;
  /** appends that got through */
  #stored = 0;
  /** tries whose outcome is not known yet */
  #underWay = 0;

  /** When `signal` aborts, every append that waits is given up. */
  constructor(
    log: Pick<EventStore, 'append' | 'readStream'>,
    clock: Clock,
    logger: Logger,
    timings: LogTimings,
    signal: AbortSignal,
  ) {
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
    this.#gate = new LogGate(signal);
    this.#signal = signal;
    this.#whenAway = { minMs: timings.awayMinMs, maxMs: timings.awayMaxMs };
    this.#whileAway = createBackoff(this.#whenAway);
    this.#whileDenied = createBackoff({ minMs: timings.deniedMinMs, maxMs: timings.deniedMaxMs });
    this.#state = { state: 'available', since: clock.now(), lastError: null };
  }

  /** Something was sent to the log that has no answer yet. */
  isUnderWay(): boolean {
    return this.#underWay > 0;
  }

  state(): LogState {
    return { ...this.#state, failedTries: this.#failedTries };
  }

  /**
   * Appends `events` to `stream`, whose end is thought to be at `expected`. What may have come through is repeated as it
   * was, and the log finds out what of it stands; only when something else stands there is looked what the stream has of it.
   */
  async append(
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
    { may, behind }: Terms = ALWAYS,
  ): Promise<Appended> {
    let end = expected;
    let missing = events;
    let unlisted: UnlistedTries | null = null;
    while (await this.#gate.enter()) {
      if (!may()) {
        this.#gate.giveWay();
        return { outcome: 'given_up' };
      }
      try {
        const tried = await this.#try(stream, missing, end);
        if (tried !== null) {
          this.#isThere();
          if (tried.outcome === 'stored') this.#stored += 1;
          return tried;
        }
        const standing = await standingOf(this.#log, stream, missing, behind);
        this.#isThere();
        if (standing.missing.length === 0 && standing.last !== null) return { outcome: 'stored', ...standing.last };
        if (standing.end === end)
          throw new CommslogError('LOG_UNAVAILABLE', 'the log contradicts itself about the end of a stream');
        ({ end, missing } = standing);
      } catch (error) {
        const policy = policyOf(error);
        if (policy === 'later' || policy === 'person') this.#isAway(error, policy);
        else {
          unlisted ??= { count: 0, storedBefore: 0, waits: createBackoff(this.#whenAway) };
          if (await this.#countsAsRefused(error, unlisted, missing.length)) {
            return { outcome: 'refused', code: nameOf(error) };
          }
        }
      }
    }
    return { outcome: 'given_up' };
  }

  /**
   * What is in no table is the log's own trouble while nothing goes through. When others get through between the tries it
   * comes from these events: one is refused after `MAX_UNLISTED_TRIES`, several at once, to find out which without a loss.
   */
  async #countsAsRefused(error: unknown, tries: UnlistedTries, events: number): Promise<boolean> {
    if (tries.count > 0 && tries.storedBefore === this.#stored) {
      this.#isAway(error, 'later');
      return false;
    }
    tries.count += 1;
    tries.storedBefore = this.#stored;
    this.#gate.pass(this.#whileAway);
    if (events > 1 || tries.count >= MAX_UNLISTED_TRIES) return true;
    await pause(tries.waits.next(), this.#signal);
    return false;
  }

  /** Null: the stream ends elsewhere. */
  async #try(stream: string, events: readonly NewEvent[], end: ExpectedRevision): Promise<Appended | null> {
    this.#underWay += 1;
    try {
      const { position } = await this.#log.append(stream, events, end);
      const revision = (end === 'no_stream' ? -1n : end) + BigInt(events.length);
      return { outcome: 'stored', revision, position };
    } catch (error) {
      if (policyOf(error) === 'never') return { outcome: 'refused', code: nameOf(error) };
      if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
      return null;
    } finally {
      this.#underWay -= 1;
    }
  }

  #isThere(): void {
    this.#gate.open();
    this.#failedTries = 0;
    if (this.#state.state === 'available') return;
    this.#enter('available', null);
    this.#whileAway.reset();
    this.#whileDenied.reset();
    this.#logger.info('the log of events can be written again');
  }

  #isAway(error: unknown, policy: 'later' | 'person'): void {
    this.#gate.shut(policy === 'person' ? this.#whileDenied : this.#whileAway);
    this.#failedTries += 1;
    // the text of an error may show what was to be written: only its name is told
    const code = nameOf(error);
    if (this.#state.lastError === code) return;
    this.#enter(policy === 'person' ? 'denied' : 'away', code);
    this.#logger.warn({ code }, policy === 'person' ? NEEDS_A_PERSON : IS_AWAY);
  }

  #enter(state: LogState['state'], lastError: string | null): void {
    const since = state === this.#state.state ? this.#state.since : this.#clock.now();
    this.#state = { state, since, lastError };
  }
}

const IS_AWAY = 'the log of events cannot be written; what the PBX says waits in the journal meanwhile';
const NEEDS_A_PERSON =
  'the log of events cannot be written before somebody acts; what the PBX says waits in the journal meanwhile';
