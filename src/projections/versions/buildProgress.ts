import type { Kysely } from 'kysely';
import type { BuildPhase } from '../../ports/rebuilds.ts';
import type { ControlTables } from '../tables/schema.ts';

/** How often a build says how far it is. */
const EVERY_MS = 500;

/** Tells in the version's row how far its build has come, how fast it is and how long it will take. */
export class BuildProgress {
  readonly #db: Kysely<ControlTables>;
  readonly #version: number;
  readonly #from: bigint;
  readonly #head: bigint;
  readonly #startedAt = performance.now();
  #phase: BuildPhase;
  #position: bigint;
  #events = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(db: Kysely<ControlTables>, version: number, log: { from: bigint; head: bigint }, phase: BuildPhase) {
    this.#db = db;
    this.#version = version;
    this.#from = log.from;
    this.#head = log.head;
    this.#position = log.from;
    this.#phase = phase;
  }

  /** `position`: of the log; of what is copied, the like share of where it ends. `events`: read of the log for it. */
  async reached(position: bigint, events: number): Promise<void> {
    this.#position = position;
    this.#events += events;
    if (performance.now() - this.#toldAt >= EVERY_MS) await this.tell();
  }

  /** The calls are there; how long the rest takes is not known. */
  async indexing(): Promise<void> {
    this.#phase = 'indexing';
    await this.tell();
  }

  async tell(): Promise<void> {
    this.#toldAt = performance.now();
    const seconds = (this.#toldAt - this.#startedAt) / 1000;
    const done = Number(this.#position - this.#from);
    const left = Math.max(Number(this.#head - this.#position), 0);
    const progress = {
      position: `${this.#position}`,
      head: `${this.#head}`,
      events_per_second: seconds > 0 ? Math.round(this.#events / seconds) : 0,
      seconds_left: this.#phase === 'indexing' || done === 0 ? null : Math.round((left / done) * seconds),
      phase: this.#phase,
    };
    await this.#db
      .withSchema('commslog')
      .updateTable('read_model_version')
      .set({ progress: JSON.stringify(progress) })
      .where('version', '=', this.#version)
      .where('state', '=', 'building')
      .execute();
  }
}
