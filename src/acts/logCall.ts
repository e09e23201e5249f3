import { createHash, randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import { decidedIn } from '../domain/acts/annotation.ts';
import { type CustomerState, customerState } from '../domain/acts/customer.ts';
import { type LogCall, logCall } from '../domain/acts/logCall.ts';
import { callLoggedSchema, evolveManualCall, MANUAL_PBX } from '../domain/acts/manualCall.ts';
import { entryId } from '../domain/callId.ts';
import { type Author, type RecordedEvent, streamOf } from '../domain/events.ts';
import { matchByPerson } from '../domain/matching.ts';
import { CommslogError, hasCode } from '../errors.ts';
import type { ReadModel } from '../ports/readModel.ts';
import type { WriteDeps } from './customers.ts';
import { firstEvent, lastEvent, peopleFact, refusalError, untilVisible } from './peopleFacts.ts';

/** Namespace of the calls logged with an Idempotency-Key; never changes, or a repeated request would log twice. */
const KEY_NAMESPACE = 'b7a1f6d2-0c3e-4d58-8e21-5f9a7c6b4d10';

const MAX_TRIES = 3;

type Wanted = Omit<LogCall, 'now' | 'requestHash'>;

/**
 * Logs a call by hand and returns the entry, as readers see it; after two seconds, as they will see it.
 * With a key the same request again logs nothing and returns the same call: also one whose outcome was unknown.
 * Errors: what the decision refuses, those of the log.
 */
export async function logCallByHand(deps: WriteDeps, wanted: Wanted, key: string | undefined, author: Author) {
  const requestHash = key === undefined ? null : hashOfRequest(wanted);
  const uuid = key === undefined ? randomUUID() : uuidv5(JSON.stringify([author.actor.sub, key]), KEY_NAMESPACE);
  const stream = streamOf.manual(uuid);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const first = key === undefined ? undefined : await firstEvent(deps.log, stream);
    const customer = customerState(await lastEvent(deps.log, streamOf.customer(wanted.customerId)));
    const now = deps.clock.now();
    const logged = first ? { requestHash: callLoggedSchema.parse(first.data).request_hash } : null;
    const decision = logCall({ ...wanted, now, requestHash }, { customer, logged });
    if (decision.kind === 'refused') throw refusalError(decision);
    if (first) return answer(deps, uuid, first, customer);
    // with a key the event's id is that of the request: two at once store one event
    const id = requestHash === null ? randomUUID() : uuidv5(requestHash, uuid);
    try {
      await deps.log.append(
        stream,
        decision.events.map((event) => peopleFact(event, id, author, now)),
        'no_stream',
      );
    } catch (error) {
      if (hasCode(error, 'WRONG_EXPECTED_REVISION')) continue;
      throw error;
    }
    const stored = await firstEvent(deps.log, stream);
    if (stored) return answer(deps, uuid, stored, customer);
  }
  throw new CommslogError('CONFLICT', 'The same Idempotency-Key is being used by another request; try again.');
}

async function answer({ readModel }: WriteDeps, uuid: string, event: RecordedEvent, customer: CustomerState) {
  await untilVisible(readModel, event.position);
  const id = entryId(MANUAL_PBX, uuid);
  const found = await readModel.get(id);
  if (found?.kind === 'found') {
    const { entry, customer, annotationRevision } = found;
    return { version: { id, revision: annotationRevision }, entry: { ...entry, customer } };
  }
  return { version: { id, revision: event.revision }, entry: await notYetProjected(readModel, uuid, event, customer) };
}

/** What the projection is going to say of a call that it has not reached. */
async function notYetProjected(readModel: ReadModel, uuid: string, event: RecordedEvent, customer: CustomerState) {
  const { derivation } = await readModel.status();
  const call = evolveManualCall(uuid, null, event, derivation);
  if (!call) throw new CommslogError('INTERNAL', 'The stream of a logged call does not begin with it.');
  const { assignment, notes, doneAt } = decidedIn([call.annotation]);
  const matched = matchByPerson(assignment ?? { customerId: null }, null);
  const { customer_id } = matched;
  return {
    ...call.entry,
    ...matched,
    notes,
    done_at: doneAt,
    position: String(event.position),
    customer: customer.kind === 'known' && customer_id ? { id: customer_id, name: customer.customer.name } : null,
  };
}

function hashOfRequest({ customerId, direction, durationSeconds, notes, occurredAt }: Wanted): string {
  const canonical = JSON.stringify([customerId, direction, durationSeconds, notes, occurredAt]);
  return createHash('sha256').update(canonical).digest('hex');
}
