import type { Change } from '../../ports/readModel.ts';
import type { Viewer } from '../kit/viewer.ts';
import { type FeedPosition, lastEventIdOf } from './feedPosition.ts';
import { sseEvent } from './sse.ts';

/**
 * A change of version `version` as somebody gets it: `upsert` with the entry, `removed`, or `merged` with the id it went into. An
 * entry that they do not see is `removed`: they may have seen it before.
 */
export function changeEvent(version: number, { seq, id, kind, entry, currentId }: Change, viewer: Viewer): string {
  const eventId = lastEventIdOf({ version, seq });
  if (kind === 'merged') return sseEvent({ id: eventId, event: kind, data: { id, current_id: currentId } });
  // an entry that is gone by now: whoever was told of it hears so once, and again by its own change
  const isShown = kind === 'upsert' && entry !== null && viewer.sees(entry);
  if (!isShown) return sseEvent({ id: eventId, event: 'removed', data: { id } });
  return sseEvent({ id: eventId, event: kind, data: { entry: viewer.show(entry) } });
}

/** What went before `position` does not count any more. */
export function resetEvent(position: FeedPosition): string {
  return sseEvent({ id: lastEventIdOf(position), event: 'reset', data: {} });
}
