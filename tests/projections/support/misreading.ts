import type { RecordedEvent } from '../../../src/domain/events.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';

/** The log as a program reads it that does not understand these events yet (their ids); whoever understands them takes them out. */
export function misreading(log: EventStore, ids: ReadonlySet<string>): EventStore {
  async function* all(batches: AsyncIterable<readonly RecordedEvent[]>) {
    for await (const batch of batches) yield misreadIn(batch, ids);
  }
  return {
    ...log,
    readStream: (stream, options) => all(log.readStream(stream, options)),
    readAll: (after, filter, signal) => all(log.readAll(after, filter, signal)),
    subscribe: (after, filter, signal) => all(log.subscribe(after, filter, signal)),
  };
}

/** No schema of any event takes these. */
export function misreadIn(events: readonly RecordedEvent[], ids: ReadonlySet<string>): readonly RecordedEvent[] {
  return events.map((event) => (ids.has(event.id) ? { ...event, data: { notes: null }, metadata: {} } : event));
}
