import { z } from 'zod';
import type { NewEvent, RecordedEvent } from '../domain/events.ts';
import { type EventStore, type ExpectedRevision, readEvents } from '../ports/eventStore.ts';

/** So much of a stream's end is looked at; what is older than that was stored before. */
const TAIL_EVENTS = 200;

const numbered = z.object({ session: z.int(), seq: z.int() });

export type Standing = {
  /** where the stream ends */
  readonly end: ExpectedRevision;
  /** those that it does not have */
  readonly missing: readonly NewEvent[];
  /** revision of the last of those that it has; null: that stands further up than was looked at */
  readonly last: bigint | null;
};

/**
 * What a stream has of events that are to be appended: an earlier process may have stored them and have been killed before
 * it could say so. Facts of a connection come into a stream in the order of their numbers, so what has a lower number than
 * all that was looked at stands further up. Errors: those of the log.
 */
export async function standingOf(
  log: Pick<EventStore, 'readStream'>,
  stream: string,
  events: readonly NewEvent[],
): Promise<Standing> {
  const tail = await readEvents(log, stream, { direction: 'backwards', limit: TAIL_EVENTS });
  const revisions = new Map(tail.map(({ id, revision }) => [id, revision]));
  const oldest = tail.length < TAIL_EVENTS ? undefined : tail.at(-1);
  const stands = (event: NewEvent) => revisions.has(event.id) || (oldest !== undefined && isBefore(event, oldest));
  const last = events.flatMap(({ id }) => revisions.get(id) ?? []).at(-1);
  return {
    end: tail[0]?.revision ?? 'no_stream',
    missing: events.filter((event) => !stands(event)),
    last: last ?? null,
  };
}

function isBefore({ metadata }: NewEvent, other: RecordedEvent): boolean {
  const [one, two] = [numbered.safeParse(metadata).data, numbered.safeParse(other.metadata).data];
  if (one === undefined || two === undefined) return false;
  return one.session < two.session || (one.session === two.session && one.seq < two.seq);
}
