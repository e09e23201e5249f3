import type { Change } from '../../ports/readModel.ts';
import { listed } from '../kit/listed.ts';
import { placeId } from './place.ts';
import { sseEvent } from './sse.ts';

/** A change of version `version` as clients get it: `upsert` with the entry, `removed`, or `merged` with the id it went into. */
export function changeEvent(version: number, { seq, id, kind, entry, currentId }: Change): string {
  const place = placeId({ version, seq });
  if (kind === 'merged') return sseEvent({ id: place, event: kind, data: { id, current_id: currentId } });
  // an entry that is gone by now: whoever was told of it hears so once, and again by its own change
  if (kind === 'removed' || !entry) return sseEvent({ id: place, event: 'removed', data: { id } });
  return sseEvent({ id: place, event: kind, data: { entry: listed(entry) } });
}
