import type { RecordedEvent } from '../domain/events.ts';
import type { EventStore } from '../ports/eventStore.ts';

type Reading = Pick<EventStore, 'readStream'>;

/** Where a stream ended when it was read; `last` undefined: it had no events. */
export type StreamEnd = { readonly stream: string; readonly last: RecordedEvent | undefined };

export async function endOf(log: Reading, stream: string): Promise<StreamEnd> {
  return { stream, last: await lastEvent(log, stream) };
}

/** The stream's first event; undefined when it has none. */
export function firstEvent(log: Reading, stream: string): Promise<RecordedEvent | undefined> {
  return oneEvent(log, stream, 'forwards');
}

/** The stream's last event; undefined when it has none. */
export function lastEvent(log: Reading, stream: string): Promise<RecordedEvent | undefined> {
  return oneEvent(log, stream, 'backwards');
}

async function oneEvent(log: Reading, stream: string, direction: 'forwards' | 'backwards') {
  for await (const [event] of log.readStream(stream, { direction, limit: 1 })) return event;
  return undefined;
}
