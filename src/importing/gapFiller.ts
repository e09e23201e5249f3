import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { abortingWith } from '../aborting.ts';
import type { Micros } from '../domain/time.ts';
import { nameOf } from '../errorPolicy.ts';
import { hasCode } from '../errors.ts';
import { pause } from '../retry.ts';
import { type FillOptions, fillGaps, notFilled, type Outcome } from './fillGaps.ts';
import { GapSchedule, together, type Waiting } from './gapSchedule.ts';
import { type Filling, type HeardLate, type OpenGap, withoutHeard } from './gaps.ts';
import { tellFilling } from './tellFilling.ts';

/** A record is written when its call is over, and a call can go on for long after the gap in which it began. */
const AFTER_THE_GAP_MS = [5_000, 300_000, 1_800_000, 14_400_000] as const;
const LOG_RETRY = 60_000_000;
const MAX_PAUSE_MS = 3_600_000;
export const NOT_CONFIGURED: Outcome = { outcome: 'not_filled', records: 0, calls: 0, reason: 'not_configured' };

export type GapFillerOptions = Omit<FillOptions, 'open'> & {
  /** null: nobody has said where the PBX keeps its call records */
  readonly open: FillOptions['open'] | null;
  readonly logger: Logger;
  /** how long is waited before each time that records are asked for */
  readonly afterTheGapMs?: readonly number[];
};

/** Asks for the records of each gap at its times, the oldest gap first, and tells the log what became of it. */
export class GapFiller {
  readonly #options: GapFillerOptions;
  readonly #schedule: GapSchedule;
  /** by session */
  readonly #waiting = new Map<number, Waiting>();
  #awake = new AbortController();

  constructor(options: GapFillerOptions) {
    this.#options = options;
    this.#schedule = new GapSchedule(options.afterTheGapMs ?? AFTER_THE_GAP_MS, options.clock.now());
  }

  add(gap: OpenGap): void {
    if (this.#waiting.has(gap.session)) return;
    this.#waiting.set(gap.session, this.#schedule.first(gap));
    this.#awake.abort();
  }

  /** It is not asked for any more. */
  leaveOut(heard: HeardLate): void {
    for (const [session, waiting] of this.#waiting) {
      const gap = withoutHeard(waiting.gap, heard);
      if (gap === null) this.#waiting.delete(session);
      else this.#waiting.set(session, { ...waiting, gap });
    }
  }

  /** Until the signal aborts. */
  async work(): Promise<void> {
    const { clock, signal } = this.#options;
    while (!signal.aborted) {
      const due = together(this.#waiting.values(), clock.now());
      if (due.length > 0) await this.#try(due);
      else await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    const { clock, signal } = this.#options;
    this.#awake = abortingWith(signal);
    const next = Math.min(...[...this.#waiting.values()].map(({ due }) => Math.ceil((due - clock.now()) / 1000)));
    await pause(Math.min(next, MAX_PAUSE_MS), this.#awake.signal);
    this.#awake.abort();
  }

  async #try(due: readonly Waiting[]): Promise<void> {
    const { clock, signal } = this.#options;
    const at = clock.now();
    const outcomeOf = await this.#ask(due.map(({ gap }) => gap));
    for (const { gap: asked } of due) {
      if (signal.aborted) return;
      // it may have been heard meanwhile, by another server
      const waiting = this.#waiting.get(asked.session);
      if (waiting) await this.#settle(waiting, outcomeOf(asked), at);
    }
  }

  /** What becomes of each gap; null: the log does not say. */
  async #ask(gaps: readonly OpenGap[]): Promise<(gap: OpenGap) => Outcome | null> {
    const { pbx, open, logger, signal } = this.#options;
    if (open === null) return () => NOT_CONFIGURED;
    try {
      const outcomeOf = await fillGaps(gaps, { ...this.#options, open });
      if (!signal.aborted) logger.info({ pbx, gaps: gaps.length }, 'the call records of a gap were read');
      return outcomeOf;
    } catch (error) {
      const level = hasCode(error, 'CDR_UNAVAILABLE') ? 'warn' : 'error';
      logger[level]({ pbx, error: nameOf(error) }, 'the call records of a gap cannot be read');
      return () => notFilled(error);
    }
  }

  async #settle(waiting: Waiting, outcome: Outcome | null, at: Micros): Promise<void> {
    const { gap, step } = waiting;
    const isFilled = outcome?.outcome === 'filled';
    const filling = outcome && { ...outcome, at, final: isFilled && this.#schedule.isLast(step) };
    if (filling === null || !(await this.#tell(gap, filling))) {
      this.#waiting.set(gap.session, { ...waiting, due: (at + LOG_RETRY) as Micros });
      return;
    }
    const now = this.#waiting.get(gap.session);
    if (now === undefined) return;
    const told = { ...now, gap: { ...now.gap, filling } };
    const next = this.#options.open === null ? null : this.#schedule.next(told, at, isFilled);
    if (next === null) this.#waiting.delete(gap.session);
    else this.#waiting.set(gap.session, next);
  }

  /** Whether the log has it. What it knows already is not said again, and what was filled stays so. */
  async #tell(gap: OpenGap, filling: Filling): Promise<boolean> {
    const { pbx, logger } = this.#options;
    if (isSaidBy(gap.filling, filling)) return true;
    try {
      await tellFilling(this.#options, gap, filling);
      return true;
    } catch (error) {
      logger.warn({ pbx, error: nameOf(error) }, 'the log cannot be told what became of a gap, trying again');
      return false;
    }
  }
}

function isSaidBy(known: Filling | null, told: Filling): boolean {
  if (known?.outcome === 'filled' && told.outcome === 'not_filled') return true;
  return known !== null && isDeepStrictEqual({ ...known, at: 0 }, { ...told, at: 0 });
}
