import { within } from '../deadline.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { ReadModel } from '../ports/readModel.ts';

/** What the acts work with: the log that they write to, the read model in which they find what they are about. */
export type ActDeps = { readonly log: EventStore; readonly readModel: ReadModel; readonly clock: Clock };

const PROJECTION_WAIT_MS = 2_000;

/** Waits until readers see what stands at `position`, so that the client's next list shows it; not for ever. */
export function untilVisible({ readModel }: Pick<ActDeps, 'readModel'>, position: bigint): Promise<boolean> {
  const tooLong = AbortSignal.timeout(PROJECTION_WAIT_MS);
  return within(PROJECTION_WAIT_MS, readModel.caughtUp(position, tooLong), () => false);
}
