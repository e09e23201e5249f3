import type { Kysely } from 'kysely';
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
  #position: bigint;
  #events = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(db: Kysely<ControlTables>, version: number, log: { readonly from: bigint; readonly head: bigint }) {
    this.#db = db;
    this.#version = version;
    this.#from = log.from;
    this.#head = log.head;
    this.#position = log.from;
  }

  async reached(position: bigint, events: number): Promise<void> {
    this.#position = position;
    this.#events += events;
    if (performance.now() - this.#toldAt >= EVERY_MS) await this.tell();
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
      seconds_left: done > 0 ? Math.round((left / done) * seconds) : 0,
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
