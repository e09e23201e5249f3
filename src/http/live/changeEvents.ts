import type { Change } from '../../ports/readModel.ts';
import { type FeedPosition, lastEventIdOf } from './feedPosition.ts';
import { sseEvent } from './sse.ts';

/** A change of version `version` as clients get it: `upsert` with the entry, `removed`, or `merged` with the id it went into. */
export function changeEvent(version: number, { seq, id, kind, entry, currentId }: Change): string {
  const eventId = lastEventIdOf({ version, seq });
  if (kind === 'merged') return sseEvent({ id: eventId, event: kind, data: { id, current_id: currentId } });
  // an entry that is gone by now: whoever was told of it hears so once, and again by its own change
  if (kind === 'removed' || !entry) return sseEvent({ id: eventId, event: 'removed', data: { id } });
  return sseEvent({ id: eventId, event: kind, data: { entry } });
}

/** What went before `position` does not count any more. */
export function resetEvent(position: FeedPosition): string {
  return sseEvent({ id: lastEventIdOf(position), event: 'reset', data: {} });
}
