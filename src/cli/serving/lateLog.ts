import { CommslogError } from '../../errors.ts';
import type { EventStore, ReadStreamOptions, StreamFilter } from '../../ports/eventStore.ts';

/** A log that is being opened. Until it is, it is as a log that is away: every call fails with `LOG_UNAVAILABLE`. */
export class LateLog implements EventStore {
  /** rejects when it cannot be opened */
  readonly opened: Promise<void>;
  #log: EventStore | null = null;

  constructor(opening: Promise<EventStore>) {
    this.opened = opening.then((log) => {
      this.#log = log;
    });
    // whoever waits for it is told
    this.opened.catch(() => undefined);
  }

  async append(...args: Parameters<EventStore['append']>) {
    return this.#there().append(...args);
  }

  async *readStream(stream: string, options?: ReadStreamOptions) {
    yield* this.#there().readStream(stream, options);
  }

  async *readAll(after: bigint, filter?: StreamFilter, signal?: AbortSignal) {
    yield* this.#there().readAll(after, filter, signal);
  }

  async *subscribe(after: bigint, filter: StreamFilter | undefined, signal: AbortSignal) {
    yield* this.#there().subscribe(after, filter, signal);
  }

  async erase(...args: Parameters<EventStore['erase']>) {
    return this.#there().erase(...args);
  }

  get eraseEvents() {
    return this.#log?.eraseEvents ?? null;
  }

  async head() {
    return this.#there().head();
  }

  async logId() {
    return this.#there().logId();
  }

  /** One that is still being opened is closed as soon as it is. */
  async close(): Promise<void> {
    if (this.#log !== null) await this.#log.close();
    else
      void this.opened.then(
        () => this.#log?.close(),
        () => undefined,
      );
  }

  #there(): EventStore {
    if (this.#log === null) throw new CommslogError('LOG_UNAVAILABLE', 'the log is not open yet');
    return this.#log;
  }
}
