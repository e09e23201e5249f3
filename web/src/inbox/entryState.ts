import type { Listed } from '../api/types.ts';

/** An outside party that has shown a number and belongs to nobody. */
export function isUnassigned({ customer_id, match }: Pick<Listed, 'customer_id' | 'match'>): boolean {
  return customer_id === null && (match.status === 'unmatched' || match.status === 'ambiguous');
}

/** A missed call is work until somebody ticks it off. */
export function isWork({ direction, outcome }: Pick<Listed, 'direction' | 'outcome'>): boolean {
  return direction === 'inbound' && outcome !== 'answered';
}
