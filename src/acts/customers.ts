import { randomUUID } from 'node:crypto';
import { type CustomerState, customerState } from '../domain/acts/customer.ts';
import type { Decision } from '../domain/acts/decision.ts';
import { type Author, type RecordedEvent, streamOf } from '../domain/events.ts';
import { CommslogError, hasCode } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { ReadModel } from '../ports/readModel.ts';
import { lastEvent, peopleFact, refusalError, untilVisible } from './peopleFacts.ts';
import { type Precondition, requireVersion, type Version } from './precondition.ts';

export type WriteDeps = { readonly log: EventStore; readonly readModel: ReadModel; readonly clock: Clock };

/** How often a decision is taken anew because somebody else was quicker. */
const MAX_TRIES = 3;

export type WrittenCustomer = {
  readonly created: boolean;
  /** false: it was so already, and nothing was written */
  readonly changed: boolean;
  readonly position: bigint;
  readonly version: Version;
  readonly data: RecordedEvent['data'];
};

type Change = { readonly id: string; readonly onlyIf: Precondition; readonly author: Author };

/** As `writeCustomer`; returns when readers see it, or after two seconds. */
export async function changeCustomer(
  deps: WriteDeps,
  change: Change,
  decide: (state: CustomerState) => Decision,
): Promise<WrittenCustomer> {
  const written = await writeCustomer(deps, change, decide);
  await untilVisible(deps.readModel, written.position);
  return written;
}

/**
 * Decides on a customer and appends what follows, if anything.
 * Errors: what the decision refuses, `PRECONDITION_FAILED`, `CONFLICT`, those of the log.
 */
export async function writeCustomer(
  deps: Pick<WriteDeps, 'log' | 'clock'>,
  { id, onlyIf, author }: Change,
  decide: (state: CustomerState) => Decision,
): Promise<WrittenCustomer> {
  const stream = streamOf.customer(id);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const last = await lastEvent(deps.log, stream);
    const state = customerState(last);
    requireVersion(onlyIf, last && state.kind === 'known' ? { id, revision: last.revision } : null);
    const decision = decide(state);
    if (decision.kind === 'refused') throw refusalError(decision);
    const facts = decision.events.map((event) => peopleFact(event, randomUUID(), author, deps.clock.now()));
    const [fact] = facts;
    try {
      const { revision, position } = await deps.log.append(stream, facts, last?.revision ?? 'no_stream');
      const data = fact?.data ?? last?.data ?? {};
      const changed = fact !== undefined;
      return { created: changed && state.kind !== 'known', changed, position, version: { id, revision }, data };
    } catch (error) {
      if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
    }
  }
  throw new CommslogError('CONFLICT', 'Somebody else keeps changing it; try again.');
}
