import { hasCode } from '../../../src/errors.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import type { Told } from './events.ts';

const MAX_IN_ONE_APPEND = 200;
const MAX_TRIES = 20;

/** Appends to streams that this appender alone writes to. */
export class Appending {
  readonly #log: EventStore;
  readonly #ends = new Map<string, bigint>();

  constructor(log: EventStore) {
    this.#log = log;
  }

  /** In their order; neighbours of one stream in one append. The position of the last one. */
  async append(told: readonly Told[]): Promise<bigint> {
    let position = 0n;
    for (let at = 0; at < told.length; ) {
      const { stream } = told[at] ?? { stream: '' };
      let end = at + 1;
      while (end < told.length && end - at < MAX_IN_ONE_APPEND && told[end]?.stream === stream) end += 1;
      const events = told.slice(at, end).map(({ event }) => event);
      const known = this.#ends.get(stream);
      ({ position } = await this.#append(stream, events, known ?? 'no_stream'));
      this.#ends.set(stream, (known ?? -1n) + BigInt(events.length));
      at = end;
    }
    return position;
  }

  /** The identical append again while the log is away, or nobody knows whether it was there. */
  async #append(...append: Parameters<EventStore['append']>): ReturnType<EventStore['append']> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#log.append(...append);
      } catch (error) {
        if (tries === MAX_TRIES || !hasCode(error, 'LOG_UNAVAILABLE', 'LOG_OUTCOME_UNKNOWN')) throw error;
      }
    }
  }
}
