/** A call that a person logged by hand (design §4): the fold of `manual-<uuid>`. */
import { entryId } from './callId.ts';
import type { CallEntry, Note } from './entry.ts';
import { callAssignedSchema, callLoggedSchema, peopleMetadataSchema, type RecordedEvent } from './events.ts';
import type { Assignment } from './matching.ts';
import { dataOf, metadataOf, recordedAt, timeOf } from './recorded.ts';
import { type Micros, toRfc3339 } from './time.ts';

export const MANUAL_PBX = 'manual';

export type ManualCall = {
  readonly entry: CallEntry;
  readonly assignment: Assignment | null;
  readonly notes: readonly Note[];
};

/** The call after one more event of its stream; null before `CallLogged`. Throws `POISON_EVENT`. */
export function evolveManualCall(
  uuid: string,
  call: ManualCall | null,
  event: RecordedEvent,
  derivation: string,
): ManualCall | null {
  switch (event.type) {
    case 'CallLogged':
      return logged(uuid, event, derivation);
    case 'CallAssigned':
      return call && { ...call, assignment: { customerId: dataOf(event, callAssignedSchema).customer_id } };
    case 'CallUnassigned':
      return call && { ...call, assignment: null };
    default:
      return call;
  }
}

function logged(uuid: string, event: RecordedEvent, derivation: string): ManualCall {
  const { customer_id, direction, duration_seconds, notes, occurred_at } = dataOf(event, callLoggedSchema);
  const { actor } = metadataOf(event, peopleMetadataSchema);
  const from = timeOf(event, occurred_at);
  const answered = duration_seconds > 0;
  const entry: CallEntry = {
    id: entryId(MANUAL_PBX, uuid),
    pbx: MANUAL_PBX,
    ext_message_id: uuid,
    type: 'call',
    source: 'manual',
    direction,
    outcome: answered ? 'answered' : 'missed',
    external_number: null,
    external_number_raw: null,
    external_name: null,
    did: null,
    dialled: null,
    trunk: null,
    extensions: [],
    rang: [],
    occurred_at: toRfc3339(from),
    answered_at: answered ? toRfc3339(from) : null,
    ended_at: toRfc3339((from + duration_seconds * 1_000_000) as Micros),
    ring_seconds: null,
    duration_seconds,
    body: `Call duration: ${duration_seconds}s`,
    segments: [],
    legs: [],
    incomplete: [],
    why: { outcome: { rule: 'logged_by_hand', inputs: { duration_seconds } } },
    derivation,
  };
  const note: Note = { id: event.id, text: notes, author: actor.sub, at: toRfc3339(recordedAt(event)) };
  return { entry, assignment: { customerId: customer_id }, notes: notes === '' ? [] : [note] };
}
