import type { EventStore } from '../../../src/ports/eventStore.ts';

export type SlowLog = EventStore & {
  /** from now on no question is answered */
  hold(): void;
  /** resolves when somebody waits */
  readonly asked: () => Promise<void>;
  /** answers who waits, and from then on everybody */
  answer(): void;
};

/** A real log that can be kept from answering what is asked of its streams. */
export function slowLog(inner: EventStore): SlowLog {
  let released = Promise.resolve();
  let release = () => {};
  let tellAsked = () => {};
  let asked = Promise.resolve();
  let holds = false;
  const answered = () => {
    if (holds) tellAsked();
    return released;
  };
  async function* held<T>(read: () => AsyncIterable<T>): AsyncIterable<T> {
    await answered();
    yield* read();
  }
  return {
    ...inner,
    hold() {
      holds = true;
      released = new Promise((resolve) => {
        release = resolve;
      });
      asked = new Promise((resolve) => {
        tellAsked = resolve;
      });
    },
    asked: () => asked,
    answer() {
      holds = false;
      release();
    },
    readStream: (stream, options) => held(() => inner.readStream(stream, options)),
    readAll: (after, filter, signal) => held(() => inner.readAll(after, filter, signal)),
    async append(stream, events, expected) {
      await answered();
      return inner.append(stream, events, expected);
    },
  };
}
