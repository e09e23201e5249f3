import type { BuildProgress } from '../../ports/rebuilds.ts';
import type { StoredProgress } from './schema.ts';

/** How far a build is, by its version's row; null while nobody builds it. */
export function progressOf(stored: StoredProgress | null): BuildProgress | null {
  if (stored === null) return null;
  const { position, head, events_per_second, seconds_left, phase = 'reading' } = stored;
  return {
    position: BigInt(position),
    head: BigInt(head),
    eventsPerSecond: events_per_second,
    secondsLeft: seconds_left,
    phase,
  };
}
