import type { RecordedEvent } from '../../domain/events.ts';
import { escaped } from '../../escaped.ts';

/** A fact as a line of NDJSON, with where it stands in the log. */
export function factLine({ stream, revision, position, id, type, metadata, data }: RecordedEvent): string {
  return escaped(
    JSON.stringify({ stream, revision: Number(revision), position: `${position}`, id, type, metadata, data }),
  );
}
