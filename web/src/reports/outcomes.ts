import type { Outcome } from '../api/types.ts';

/** In the order in which they are stacked and listed. */
export const OUTCOMES: readonly Outcome[] = ['answered', 'missed', 'abandoned', 'voicemail', 'busy', 'failed'];

export function totalOf(counts: Readonly<Record<Outcome, number>>): number {
  return OUTCOMES.reduce((total, outcome) => total + counts[outcome], 0);
}
