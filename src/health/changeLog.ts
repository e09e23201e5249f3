import type { Logger } from 'pino';
import type { Micros } from '../domain/time.ts';
import type { Check, Checks, Level } from '../ports/health.ts';
import { CHANGE_LINE_EVERY_MS, START_MS } from './limits.ts';

type Said = {
  /** when something was said last; null: never */
  readonly at: Micros | null;
  /** the status that was seen last, and how often it has changed since something was said */
  readonly seen: Level;
  readonly changes: number;
};

const UNTOLD: Said = { at: null, seen: 'pass', changes: 0 };

/**
 * Says in the program's log when a part is better or worse than was said of it last: at once, but of each part one line in
 * ten seconds at most. What has changed to and fro meanwhile is counted in that line. A start is over before it says anything.
 */
export class ChangeLog {
  readonly #logger: Logger;
  /** as many as there are parts */
  readonly #said = new Map<string, Said>();

  #startedAt: Micros | null = null;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  look(checks: Checks, at: Micros): void {
    this.#startedAt ??= at;
    if ((at - this.#startedAt) / 1000 < START_MS) return;
    // a part that is told of only in trouble, and is not told of, has none
    const over = [...this.#said.keys()].filter((name) => checks[name] === undefined);
    for (const [name, check] of Object.entries(checks)) this.#lookAt(name, check, at);
    for (const name of over) this.#lookAt(name, { status: 'pass', detail: 'is over' }, at);
  }

  #lookAt(name: string, { status, detail }: Check, at: Micros): void {
    const said = this.#said.get(name) ?? UNTOLD;
    const changes = said.changes + (status === said.seen ? 0 : 1);
    const isTooSoon = said.at !== null && (at - said.at) / 1000 < CHANGE_LINE_EVERY_MS;
    if (changes === 0 || isTooSoon) {
      this.#said.set(name, { ...said, seen: status, changes });
      return;
    }
    const line = { check: name, status, ...(changes > 1 ? { changes } : {}) };
    if (status === 'pass') this.#logger.info(line, `${name}: ${detail}`);
    else this.#logger.warn(line, `${name}: ${detail}`);
    this.#said.set(name, { at, seen: status, changes: 0 });
  }
}
