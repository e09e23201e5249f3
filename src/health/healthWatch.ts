import type { Logger } from 'pino';
import { within } from '../deadline.ts';
import type { Clock } from '../ports/clock.ts';
import type { Figure, Health, HealthReport, PbxShown, ServerShown } from '../ports/health.ts';
import type { ServerReport, ServersSeen } from '../ports/servers.ts';
import { pause } from '../retry.ts';
import { Asked } from './asked.ts';
import { assess } from './assess.ts';
import { shownServers } from './assessServers.ts';
import { ChangeLog } from './changeLog.ts';
import { knownPbxs } from './doer.ts';
import { figuresOf } from './figures.ts';
import { Lag } from './lag.ts';
import { ANSWER_MS, GAPS_EVERY_MS, MEASURE_EVERY_MS } from './limits.ts';
import type { Answers, Asking, Known, Measures, Questions } from './measures.ts';
import { reportedPbxs, shownPbx } from './whoListens.ts';

export type HealthOptions = {
  readonly ask: Omit<Questions, 'servers'>;
  /** tells the other servers of this one, and hears of them */
  readonly meet: (report: ServerReport) => Promise<ServersSeen>;
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
    const { ask, meet, clock, logger } = options;
    this.#options = options;
    this.#asked = {
      database: new Asked(ask.database, clock),
      head: new Asked(ask.head, clock),
      readModel: new Asked(ask.readModel, clock),
      waiting: new Asked(ask.waiting, clock),
      refused: new Asked(ask.refused, clock),
      servers: new Asked(() => meet(this.#told()), clock),
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

  pbxs(): readonly PbxShown[] {
    const measures = this.#measures();
    return knownPbxs(measures).map((pbx) => shownPbx(pbx, measures));
  }

  servers(): readonly ServerShown[] {
    return shownServers(this.#measures());
  }

  figures(): readonly Figure[] {
    return [...figuresOf(this.#measures())];
  }

  /** What the other servers are told. */
  #told(): ServerReport {
    const measures = this.#measures();
    const failedTries = [...measures.failedTries].map(([version, failed]) => ({ version, ...failed }));
    return { pbxs: reportedPbxs(measures), failedTries };
  }

  #measures(): Measures {
    const { know, clock } = this.#options;
    return { ...know(), ...this.#answers(), lag: this.#lagNow, at: clock.now() };
  }

  #answers(): Answers {
    const { database, head, readModel, waiting, refused, servers, gaps, free } = this.#asked;
    return {
      database: database.answer(),
      head: head.answer(),
      readModel: readModel.answer(),
      waiting: waiting.answer(),
      refused: refused.answer(),
      servers: servers.answer(),
      gaps: gaps.answer(),
      free: free.answer(),
    };
  }
}
