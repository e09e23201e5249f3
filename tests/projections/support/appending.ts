import type { EventStore } from '../../../src/ports/eventStore.ts';
import type { Told } from './recordedCalls.ts';

const MAX_IN_ONE_APPEND = 200;

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
      ({ position } = await this.#log.append(stream, events, known ?? 'no_stream'));
      this.#ends.set(stream, (known ?? -1n) + BigInt(events.length));
      at = end;
    }
    return position;
  }
}
