/** One row of `crm_comms_log` (design §8), as the fold makes it and as the API shows it. */
import { z } from 'zod';
import { customerIdSchema } from './events.ts';

const time = z.iso.datetime({ offset: true });

export const directionSchema = z.enum(['inbound', 'outbound', 'internal']);
export type Direction = z.infer<typeof directionSchema>;

export const outcomeSchema = z.enum(['answered', 'missed', 'abandoned', 'busy', 'failed', 'voicemail']);
export type Outcome = z.infer<typeof outcomeSchema>;

const matchStatusSchema = z.enum(['matched', 'ambiguous', 'assigned', 'unmatched', 'withheld', 'own_number']);
export const matchSchema = z.object({
  status: matchStatusSchema,
  /** the rule that decided, e.g. `number_at_the_time`, `later_owner`, `person` */
  rule: z.string(),
  /** the normalised number that was looked up */
  number: z.string().nullable(),
  candidates: z.array(z.object({ customer_id: customerIdSchema, rule: z.string() })),
});
export type Match = z.infer<typeof matchSchema>;

/** Who spoke with the outside party, from when to when. `party` is an extension, or `external:<number as sent>`. */
const segmentSchema = z.object({
  party: z.string(),
  channel: z.string(),
  from: time.nullable(),
  to: time.nullable(),
});
export type Segment = z.infer<typeof segmentSchema>;

export const stretchKinds = [
  /** until anything answers, and while phones are rung for it */
  'ringing',
  'talk',
  /** whoever it spoke with keeps it waiting */
  'hold',
  'queue',
  'menu',
  'announcement',
  'voicemail',
  'parked',
  /** with nobody of ours */
  'conference',
  /** with a machine that speaks */
  'machine',
  /** the PBX had answered, and said no more of it */
  'in_pbx',
] as const;
export type StretchKind = (typeof stretchKinds)[number];

/**
 * A part of the outside party's way through the call. `with`: the party of a talk as in its segment, the name of a queue, the
 * context of a menu or an announcement, a mailbox, a machine's endpoint; null where nothing tells it.
 */
const stretchSchema = z.object({
  what: z.enum(stretchKinds),
  with: z.string().nullable(),
  from: time.nullable(),
  to: time.nullable(),
});
export type Stretch = z.infer<typeof stretchSchema>;

const legSchema = z.object({
  channel: z.string(),
  uniqueid: z.string(),
  /** the endpoint: an extension or a trunk's name */
  party: z.string(),
  kind: z.enum(['trunk', 'extension', 'machine', 'local', 'other']),
  from: time.nullable(),
  answered: time.nullable(),
  to: time.nullable(),
  holds: z.array(z.object({ from: time.nullable(), to: time.nullable() })),
});
export type Leg = z.infer<typeof legSchema>;

/** The rule that decided a column, and what it looked at. */
export const reasonSchema = z.object({ rule: z.string(), inputs: z.record(z.string(), z.unknown()) });
export type Reason = z.infer<typeof reasonSchema>;
const whySchema = z.record(z.string(), reasonSchema);
/** By derived column. */
export type Why = z.infer<typeof whySchema>;

export const noteSchema = z.object({ id: z.string(), text: z.string(), author: z.string(), at: time });
export type Note = z.infer<typeof noteSchema>;

/** What is said of a call; the projector adds whose it is. */
export const callEntrySchema = z.object({
  id: z.uuid(),
  pbx: z.string(),
  ext_message_id: z.string(),
  type: z.literal('call'),
  source: z.enum(['pbx', 'manual', 'cdr']),
  direction: directionSchema,
  outcome: outcomeSchema,
  /** a machine spoke with the outside party, and no person did; null: nothing tells */
  handled_by_machine: z.boolean().nullable(),
  external_number: z.string().nullable(),
  external_number_raw: z.string().nullable(),
  external_name: z.string().nullable(),
  did: z.string().nullable(),
  dialled: z.string().nullable(),
  trunk: z.string().nullable(),
  extensions: z.array(z.string()),
  rang: z.array(z.string()),
  /** in which the outside party waited, in order; null: written by a program that did not note it */
  queues: z.array(z.string()).nullable(),
  occurred_at: time.nullable(),
  answered_at: time.nullable(),
  ended_at: time.nullable(),
  ring_seconds: z.int().nullable(),
  duration_seconds: z.int().nullable(),
  body: z.string(),
  segments: z.array(segmentSchema),
  legs: z.array(legSchema),
  /** in order, none over another; null: written by a program that did not note it */
  course: z.array(stretchSchema).nullable(),
  /** reasons, empty: complete */
  incomplete: z.array(z.string()),
  why: whySchema,
  derivation: z.string(),
});
export type CallEntry = z.infer<typeof callEntrySchema>;

export const commsEntrySchema = callEntrySchema.extend({
  customer_id: customerIdSchema.nullable(),
  match: matchSchema,
  notes: z.array(noteSchema),
  done_at: time.nullable(),
  /** highest log position among the row's own facts, as digits */
  position: z.string().regex(/^\d+$/),
});
export type CommsEntry = z.infer<typeof commsEntrySchema>;

/** A call in progress: everything that is already known of it. */
export const currentCallSchema = callEntrySchema
  .pick({
    id: true,
    pbx: true,
    ext_message_id: true,
    direction: true,
    external_number: true,
    external_number_raw: true,
    external_name: true,
    did: true,
    dialled: true,
    trunk: true,
    extensions: true,
    rang: true,
    occurred_at: true,
    answered_at: true,
  })
  .extend({
    state: z.enum(['ringing', 'talking', 'in_pbx']),
    customer_id: customerIdSchema.nullable(),
    match: matchSchema,
  });
export type CurrentCall = z.infer<typeof currentCallSchema>;
