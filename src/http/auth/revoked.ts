import { within } from '../../deadline.ts';
import type { Directory } from '../../domain/directory/directory.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import type { Principal } from './principal.ts';

/** So long nobody waits for a database that does not answer: what asks nothing of it must be answered then too. */
const WAIT_MS = 500;

/**
 * Tells whether what proved somebody was issued before their access was revoked, by whichever server. While the database does not
 * answer, what was known last counts.
 */
export function createRevoked({ directory }: Pick<ReadModel, 'directory'>): (principal: Principal) => Promise<boolean> {
  let last: Directory | null = null;
  const read = async () => {
    last = await directory();
  };
  return async (principal) => {
    await within(
      WAIT_MS,
      read().catch(() => undefined),
      () => undefined,
    );
    return last?.isRevoked(principal) ?? false;
  };
}
