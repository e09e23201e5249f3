import type { Fact } from '../domain/facts/fact.ts';
import { factOf } from '../domain/facts/factOf.ts';
import { hasCode } from '../errors.ts';

/** Null: it cannot be read, and goes with its stream. */
export function factIn(event: Parameters<typeof factOf>[0]): Fact | null {
  try {
    return factOf(event);
  } catch (error) {
    if (hasCode(error, 'POISON_EVENT')) return null;
    throw error;
  }
}
