import type { Logger } from 'pino';
import { within } from '../deadline.ts';
import type { Clock } from '../ports/clock.ts';
import type { Figure, Health, HealthReport, PbxHealth } from '../ports/health.ts';
import { pause } from '../retry.ts';
import { Asked } from './asked.ts';
import { assess } from './assess.ts';
import { shownPbx } from './assessPbx.ts';
import { ChangeLog } from './changeLog.ts';
import { figuresOf } from './figures.ts';
import { Lag } from './lag.ts';
import { ANSWER_MS, GAPS_EVERY_MS, MEASURE_EVERY_MS } from './limits.ts';
import type { Answers, Asking, Known, Measures, Questions } from './measures.ts';

export type HealthOptions = {
  readonly ask: Questions;
  /** what the process knows of itself now */
  readonly know: () => Known;
  readonly clock: Clock;
  readonly logger: Logger;
};

/**
 * Measures on a cadence how the program is, and tells everybody the same: who asks gets what was measured last, so that
 * many who ask cost nothing, and get an answer also while a part does not give one.
 */
export class HealthWatch implements Health {
  readonly #options: HealthOptions;
  readonly #asked: Asking;
  readonly #lag = new Lag();
  readonly #changes: ChangeLog;
  #lagNow: Measures['lag'] = null;

  constructor(options: HealthOptions) {
    const { ask, clock, logger } = options;
    this.#options = options;
    this.#asked = {
      database: new Asked(ask.database, clock),
      head: new Asked(ask.head, clock),
      readModel: new Asked(ask.readModel, clock),
      waiting: new Asked(ask.waiting, clock),
      refused: new Asked(ask.refused, clock),
      gaps: new Asked(ask.gaps, clock, GAPS_EVERY_MS),
      free: new Asked(ask.free, clock),
    };
    this.#changes = new ChangeLog(logger);
  }

  /** Resolves when all have answered, or their time is over. */
  async measure(): Promise<void> {
    const all = Promise.all(Object.values(this.#asked).map((one) => one.again()));
    await within<unknown>(ANSWER_MS, all, () => undefined);
    const { head, readModel } = this.#answers();
    if (head.last !== null && readModel.last !== null) {
      this.#lagNow = this.#lag.look(readModel.last.value.position, head.last.value, this.#options.clock.now());
    }
  }

  /** Measures again and again, and says in the program's log what has changed, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.measure();
      if (signal.aborted) return;
      this.#changes.look(assess(this.#measures()), this.#options.clock.now());
      await pause(MEASURE_EVERY_MS, signal);
    }
  }

  report(): HealthReport {
    const measures = this.#measures();
    const { waiting } = measures;
    return { checks: assess(measures), waiting: waiting.trouble === null ? (waiting.last?.value ?? null) : null };
  }

  pbxs(): readonly PbxHealth[] {
    const measures = this.#measures();
    return measures.pbxs.map((state) => shownPbx(state, measures));
  }

  figures(): readonly Figure[] {
    return [...figuresOf(this.#measures())];
  }

  #measures(): Measures {
    const { know, clock } = this.#options;
    return { ...know(), ...this.#answers(), lag: this.#lagNow, at: clock.now() };
  }

  #answers(): Answers {
    const { database, head, readModel, waiting, refused, gaps, free } = this.#asked;
    return {
      database: database.answer(),
      head: head.answer(),
      readModel: readModel.answer(),
      waiting: waiting.answer(),
      refused: refused.answer(),
      gaps: gaps.answer(),
      free: free.answer(),
    };
  }
}
