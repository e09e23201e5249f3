import type { NewEvent } from '../domain/events.ts';
import { policyOf } from '../errorPolicy.ts';
import { hasCode } from '../errors.ts';
import { type EventStore, type ExpectedRevision, readEvents } from '../ports/eventStore.ts';
import { createBackoff, pause } from '../retry.ts';

/** Records of one call that go at once; each has a kilobyte or two. */
const MAX_PORTION = 200;
/** Somebody else can append to the stream meanwhile. */
const MAX_RACES = 10;
const TRIES = { minMs: 100, maxMs: 5_000 };
/** With the waiting times above: some minutes. */
const MAX_TRIES = 60;

/** How many of the records are new to the log; what was erased takes none any more. */
export type AppendedRecords = { readonly stored: number; readonly erased: number };

/**
 * Appends those of the records that the stream does not have yet. `head`: where the log ended before the import.
 * Errors: those of the log that do not pass, or have not after some minutes.
 */
export async function appendRecords(
  log: EventStore,
  stream: string,
  events: readonly NewEvent[],
  head: bigint,
): Promise<AppendedRecords> {
  let missing = events;
  let expected: ExpectedRevision = 'no_stream';
  let stored = 0;
  for (let races = 0; missing.length > 0; ) {
    const portion = missing.slice(0, MAX_PORTION);
    try {
      const { revision, position } = await untilKnown(() => log.append(stream, portion, expected));
      // the same append again succeeds and writes nothing
      if (position > head) stored += portion.length;
      missing = missing.slice(MAX_PORTION);
      expected = revision;
    } catch (error) {
      if (hasCode(error, 'STREAM_DELETED')) return { stored, erased: events.length - stored };
      if (!hasCode(error, 'WRONG_EXPECTED_REVISION') || races === MAX_RACES) throw error;
      races += 1;
      const standing = await untilKnown(() => readEvents(log, stream));
      const ids = new Set(standing.map(({ id }) => id));
      missing = missing.filter(({ id }) => !ids.has(id));
      expected = standing.at(-1)?.revision ?? 'no_stream';
    }
  }
  return { stored, erased: 0 };
}

async function untilKnown<T>(work: () => Promise<T>): Promise<T> {
  const waits = createBackoff(TRIES);
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (policyOf(error) !== 'later' || tries === MAX_TRIES) throw error;
      await pause(waits.next());
    }
  }
}
