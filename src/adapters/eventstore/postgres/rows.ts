import type { RecordedEvent } from '../../../domain/events.ts';

/** An event that is not packed, in the answer to a statement that gives packs too. */
export type EventRow = RecordedEvent & { readonly block: null };

export function eventOf({ position, stream, revision, id, type, data, metadata }: EventRow): RecordedEvent {
  return { position, stream, revision, id, type, data, metadata };
}

/** What the other kind of row has instead, so that one statement gives both. */
export const NO_PACK =
  'null::bigint as block, null::bigint as first_revision, null::smallint[] as before_end, null::uuid[] as ids, null::bytea as body';
export const NO_EVENT =
  'null::bigint as position, null::bigint as revision, null::uuid as id, null::text as type, null::json as data, null::json as metadata';
