/** A call that a person logged by hand (design §4): what stands in `manual-<uuid>`, and its fold. */
import { z } from 'zod';
import { entryId } from '../callId.ts';
import type { CallEntry, Note } from '../entry.ts';
import { customerIdSchema, peopleMetadataSchema, type RecordedEvent, rfc3339 } from '../events.ts';
import { dataOf, metadataOf, timeOf } from '../recorded.ts';
import { type Micros, toRfc3339 } from '../time.ts';
import { type Annotation, evolveAnnotation, NOTHING_SAID } from './annotation.ts';
import { assignedBy } from './assign.ts';
import { noteOf, withoutNote } from './note.ts';
import { takenBackSchema } from './noteRemoval.ts';

// ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

export const callLoggedSchema = z.object({
  customer_id: customerIdSchema,
  direction: z.enum(['inbound', 'outbound']),
  duration_seconds: z.int().min(0).max(86_400),
  notes: z.string().max(10_000),
  occurred_at: rfc3339,
  /** SHA-256 of the request's canonical body: the same Idempotency-Key with another body is refused */
  request_hash: z.string().nullable(),
});

/** Only what changes; `notes` replaces what was noted when the call was logged. */
export const correctionSchema = callLoggedSchema.omit({ request_hash: true }).partial();
export const callCorrectedSchema = correctionSchema.extend({ taken_back: takenBackSchema.optional() });

// ── state ────────────────────────────────────────────────────────────────────────────────────────────────────────

export const MANUAL_PBX = 'manual';

/** What a person says of a call, and may correct. */
type Content = {
  readonly direction: 'inbound' | 'outbound';
  readonly durationSeconds: number;
  readonly occurredAt: Micros;
};

export type ManualCall = {
  readonly content: Content;
  /** id of the note that was written when the call was logged: a correction of `notes` is one of this note */
  readonly noteId: string;
  readonly entry: CallEntry;
  /** `sub` of who logged it */
  readonly loggedBy: string;
  readonly annotation: Annotation;
};

// ── fold ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The call after one more event of its stream; null before `CallLogged` and once it is void. Throws `POISON_EVENT`. */
export function evolveManualCall(
  uuid: string,
  call: ManualCall | null,
  event: RecordedEvent,
  derivation: string,
): ManualCall | null {
  switch (event.type) {
    case 'CallLogged': {
      const { customer_id, direction, duration_seconds, notes, occurred_at } = dataOf(event, callLoggedSchema);
      const content = { direction, durationSeconds: duration_seconds, occurredAt: timeOf(event, occurred_at) };
      return {
        content,
        noteId: event.id,
        entry: entryOf(uuid, content, 'logged_by_hand', derivation),
        loggedBy: metadataOf(event, peopleMetadataSchema).actor.sub,
        annotation: {
          ...NOTHING_SAID,
          assigned: assignedBy(event, customer_id),
          notes: notes === '' ? [] : [noteOf(event, notes)],
        },
      };
    }
    case 'CallCorrected':
      return call && corrected(uuid, call, event, derivation);
    case 'CallVoided':
      return null;
    default:
      return call && { ...call, annotation: evolveAnnotation(call.annotation, event) };
  }
}

function corrected(uuid: string, call: ManualCall, event: RecordedEvent, derivation: string): ManualCall {
  const { customer_id, direction, duration_seconds, notes, occurred_at } = dataOf(event, callCorrectedSchema);
  const { content, noteId, loggedBy, annotation } = call;
  const now: Content = {
    direction: direction ?? content.direction,
    durationSeconds: duration_seconds ?? content.durationSeconds,
    occurredAt: occurred_at === undefined ? content.occurredAt : timeOf(event, occurred_at),
  };
  return {
    content: now,
    noteId,
    loggedBy,
    entry: entryOf(uuid, now, 'corrected_by_hand', derivation),
    annotation: {
      ...annotation,
      assigned: customer_id === undefined ? annotation.assigned : assignedBy(event, customer_id),
      notes: notes === undefined ? annotation.notes : rewritten(annotation.notes, noteId, event, notes),
    },
  };
}

function rewritten(notes: readonly Note[], id: string, event: RecordedEvent, text: string): readonly Note[] {
  const others = withoutNote(notes, id);
  return text === '' ? others : [...others, noteOf(event, text, id)];
}

function entryOf(uuid: string, content: Content, rule: string, derivation: string): CallEntry {
  const { direction, durationSeconds, occurredAt } = content;
  const answered = durationSeconds > 0;
  return {
    id: entryId(MANUAL_PBX, uuid),
    pbx: MANUAL_PBX,
    ext_message_id: uuid,
    type: 'call',
    source: 'manual',
    direction,
    outcome: answered ? 'answered' : 'missed',
    handled_by_machine: false,
    external_number: null,
    external_number_raw: null,
    external_name: null,
    did: null,
    dialled: null,
    trunk: null,
    extensions: [],
    rang: [],
    queues: [],
    occurred_at: toRfc3339(occurredAt),
    answered_at: answered ? toRfc3339(occurredAt) : null,
    ended_at: toRfc3339((occurredAt + durationSeconds * 1_000_000) as Micros),
    ring_seconds: null,
    duration_seconds: durationSeconds,
    body: `Call duration: ${durationSeconds}s`,
    segments: [],
    legs: [],
    course: [],
    incomplete: [],
    why: { outcome: { rule, inputs: { duration_seconds: durationSeconds } } },
    derivation,
  };
}
