import { createHash, randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import { decidedIn } from '../domain/acts/annotation.ts';
import { type CustomerState, customerState } from '../domain/acts/customer.ts';
import { type LogCall, logCall } from '../domain/acts/logCall.ts';
import { callLoggedSchema, MANUAL_PBX } from '../domain/acts/manualCall.ts';
import { entryId } from '../domain/callId.ts';
import { type Author, streamOf } from '../domain/events.ts';
import { matchByPerson } from '../domain/matching.ts';
import { dataOf } from '../domain/recorded.ts';
import { bareSub, isStatedBy } from '../domain/subject.ts';
import { firstEvent, lastEvent } from '../log/streamEnds.ts';
import { transact } from '../log/transact.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { asRead, type ChangedEntry } from './changeEntry.ts';
import { type ActDeps, untilVisible } from './deps.ts';
import { noSuchEntry, readManualStream } from './entry.ts';
import { peopleFactsOf } from './peopleFacts.ts';

/** Namespace of the calls logged with an Idempotency-Key; never changes, or a repeated request would log twice. */
const KEY_NAMESPACE = 'b7a1f6d2-0c3e-4d58-8e21-5f9a7c6b4d10';

type Wanted = Omit<LogCall, 'now' | 'requestHash'>;

/**
 * Logs a call by hand and returns the entry, as readers see it; after two seconds, as they will see it.
 * With a key the same request again logs nothing and returns the same call: also one whose outcome was unknown.
 * Errors: what the decision refuses, `CONFLICT`, those of the log.
 */
export async function logCallByHand(
  deps: ActDeps,
  wanted: Wanted,
  key: string | undefined,
  author: Author,
): Promise<ChangedEntry> {
  const { log, clock } = deps;
  const identity = await identityOf(log, wanted, key, author);
  const { uuid, eventId, requestHash } = identity;
  const { position } = await transact(
    log,
    () => loadedFor(deps, identity, wanted.customerId),
    ({ to, customer }) => {
      const now = clock.now();
      const logged = to.last ? { requestHash: dataOf(to.last, callLoggedSchema).request_hash } : null;
      const decision = logCall({ ...wanted, now, requestHash }, { customer, logged });
      return { to, events: peopleFactsOf(decision, { author, now, eventId }) };
    },
  );
  await untilVisible(deps, position);
  const found = await deps.readModel.get(entryId(MANUAL_PBX, uuid));
  return found?.kind === 'found' ? asRead(found) : notYetProjected(deps, uuid);
}

type CallIdentity = { readonly uuid: string; readonly eventId: string; readonly requestHash: string | null };

/** With a key the call's stream and its event have the ids of the request: two at once store one event. */
async function identityOf(
  log: EventStore,
  wanted: Wanted,
  key: string | undefined,
  { actor }: Author,
): Promise<CallIdentity> {
  if (key === undefined) return { uuid: randomUUID(), eventId: randomUUID(), requestHash: null };
  const { customerId, direction, durationSeconds, notes, occurredAt } = wanted;
  const canonical = JSON.stringify([customerId, direction, durationSeconds, notes, occurredAt]);
  const requestHash = createHash('sha256').update(canonical).digest('hex');
  const ofKey = (sub: string): CallIdentity => {
    const uuid = uuidv5(JSON.stringify([sub, key]), KEY_NAMESPACE);
    return { uuid, eventId: uuidv5(requestHash, uuid), requestHash };
  };
  const bare = bareSub(actor.sub);
  const earlier = bare === null ? null : ofKey(bare);
  const logged = earlier && (await firstEvent(log, streamOf.manual(earlier.uuid)));
  return earlier && logged && isStatedBy(logged, actor) ? earlier : ofKey(actor.sub);
}

/** Of the call's stream the first event: what was said of it since does not matter here. A new stream is not looked at. */
async function loadedFor({ log }: ActDeps, { uuid, requestHash }: CallIdentity, customerId: string) {
  const stream = streamOf.manual(uuid);
  const first = requestHash === null ? undefined : await firstEvent(log, stream);
  return { to: { stream, last: first }, customer: await customerOf(log, customerId) };
}

async function customerOf(log: EventStore, id: string): Promise<CustomerState> {
  return customerState(await lastEvent(log, streamOf.customer(id)));
}

/** What the projection is going to say of a call that it has not reached. */
async function notYetProjected({ log, readModel }: ActDeps, uuid: string): Promise<ChangedEntry> {
  const { derivation } = await readModel.status();
  const { call, last } = await readManualStream(log, uuid, derivation);
  if (!call || !last) throw noSuchEntry();
  const { assignment, notes, doneAt } = decidedIn([call.annotation]);
  const matched = matchByPerson(assignment ?? { customerId: null }, null);
  const { customer_id: id } = matched;
  const state = id === null ? null : await customerOf(log, id);
  const customer = id !== null && state?.kind === 'known' ? { id, name: state.customer.name } : null;
  const position = String(last.position);
  return {
    version: { id: call.entry.id, revision: last.revision },
    entry: {
      ...call.entry,
      ...matched,
      notes: [...notes],
      done_at: doneAt,
      position,
      customer,
      logged_by: call.loggedBy,
    },
  };
}
