import type { EventStore } from '../ports/eventStore.ts';

const READS_AT_ONCE = 16;

/** Those of the streams that have events. */
export async function existing(log: EventStore, streams: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (let at = 0; at < streams.length; at += READS_AT_ONCE) {
    await Promise.all(
      streams.slice(at, at + READS_AT_ONCE).map(async (stream) => {
        for await (const _ of log.readStream(stream, { limit: 1 })) found.push(stream);
      }),
    );
  }
  return found.sort();
}
