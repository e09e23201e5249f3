import { z } from 'zod';
import type { NewEvent, RecordedEvent } from '../domain/events.ts';
import type { EventStore, ExpectedRevision } from '../ports/eventStore.ts';

/** So much of a stream's end is looked at where nothing tells how far what is looked for can lie behind. */
const TAIL_EVENTS = 200;

const numbered = z.object({ session: z.int(), seq: z.int() });
type Numbered = z.infer<typeof numbered>;

export type Standing = {
  /** where the stream ends */
  readonly end: ExpectedRevision;
  /** those that it does not have */
  readonly missing: readonly NewEvent[];
  /** the last of those that it has; null: it has none of them */
  readonly last: Pick<RecordedEvent, 'revision' | 'position'> | null;
};

/**
 * What a stream has of events that are to be appended: an earlier process may have stored them and have been killed before
 * it could say so. All of them stand behind `behind` in the log (null: among the last of the stream), and facts of a
 * session in the order of their numbers, whatever other sessions have stored between them. Errors: those of the log.
 */
export async function standingOf(
  log: Pick<EventStore, 'readStream'>,
  stream: string,
  events: readonly NewEvent[],
  behind: bigint | null,
): Promise<Standing> {
  const wanted = new Set(events.map(({ id }) => id));
  const first = numberOf(events[0]);
  let end: ExpectedRevision = 'no_stream';
  let last: Standing['last'] = null;
  const standing = (): Standing => ({ end, missing: events.filter(({ id }) => wanted.has(id)), last });
  const options = behind === null ? { limit: TAIL_EVENTS } : {};
  for await (const batch of log.readStream(stream, { direction: 'backwards', ...options })) {
    for (const event of batch) {
      if (end === 'no_stream') end = event.revision;
      if (behind !== null && event.position <= behind) return standing();
      if (wanted.delete(event.id)) last ??= { revision: event.revision, position: event.position };
      if (wanted.size === 0 || isBefore(numberOf(event), first)) return standing();
    }
  }
  return standing();
}

function isBefore(one: Numbered | null, other: Numbered | null): boolean {
  return one !== null && other !== null && one.session === other.session && one.seq < other.seq;
}

function numberOf(event: NewEvent | undefined): Numbered | null {
  return numbered.safeParse(event?.metadata).data ?? null;
}
