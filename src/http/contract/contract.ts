/** What goes over the wire (design §10): snake_case JSON, times in RFC 3339. */
import { z } from 'zod';
import { directoryIdSchema, sightSchema } from '../../domain/directory/person.ts';
import { commsEntrySchema, currentCallSchema, directionSchema, noteSchema, outcomeSchema } from '../../domain/entry.ts';
import { customerIdSchema, roleSchema } from '../../domain/events.ts';
import { inUtc } from '../../domain/time.ts';
import { levels } from '../../ports/health.ts';
import { connectionStates } from '../../ports/pbxSource.ts';
import { manyOfACall } from '../../ports/readModel.ts';

// ── pieces ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Text that every store can hold: no NUL, no half of a surrogate pair. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !/[\0\p{Surrogate}]/u.test(value), 'no NUL and no lone surrogate');

/** A time with an offset → the same one in UTC with six digits of the second, as SQL takes it. */
export const time = z.iso.datetime({ offset: true }).transform((value, context) => {
  const utc = inUtc(value);
  if (utc !== null) return utc;
  context.addIssue('a time in the years 1 to 9999');
  return z.NEVER;
});

/** Of an entry or a note, written as we write it. */
export const uuid = z.uuid().toLowerCase();

export const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .meta({ type: 'boolean' });

/** A query parameter that may come several times. */
export const repeatable = <T extends z.ZodType>(one: T) =>
  z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(one).min(1).max(20));

export const limit = z.coerce.number().int().min(1).max(100).default(50);
export const cursor = text(1_000).optional().meta({ description: '`next_cursor` of the page before' });

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), page: z.object({ next_cursor: z.string().nullable(), has_more: z.boolean() }) });

export const entryParams = z.strictObject({ id: uuid });

export const ifMatchHeader = z.object({
  'if-match': z.string().optional().meta({ description: 'the ETag of the version that is to be changed' }),
});

// ── comms ────────────────────────────────────────────────────────────────────────────────────────────────────────

export const customerNameSchema = z
  .object({ id: customerIdSchema, name: z.string() })
  .nullable()
  .meta({ description: 'the customer’s name now' });

/** What the directory says of an entry or of a call in progress. */
const namedShape = {
  people: z
    .array(
      z.object({
        id: directoryIdSchema,
        name: z.string(),
        extension: z.string().nullable().meta({ description: 'null: who logged the entry by hand' }),
      }),
    )
    .meta({ description: 'who had the extensions that spoke or rang at the time of the call' }),
  did_name: z.string().nullable().meta({ description: 'what people call our number that was dialled' }),
  queue_names: z.record(z.string(), z.string()).meta({ description: 'what people call its queues, where they do' }),
  authors: z.record(z.string(), z.string()).meta({ description: 'names of those who wrote the notes, by `author`' }),
};

/** One entry, whole. */
export const entrySchema = commsEntrySchema
  .extend({
    customer: customerNameSchema,
    logged_by: z.string().nullable().meta({ description: 'who logged it by hand' }),
    ...namedShape,
  })
  .meta({ id: 'CommsEntry' });

/** One entry as it was at a time. */
export const entryThenSchema = entrySchema
  .extend({
    as_of: z.object({
      time: z.string(),
      derivation: z.string().meta({ description: 'of the read model that was active then' }),
      code: z.enum(['same', 'gone']),
      note: z.string(),
    }),
  })
  .meta({ id: 'CommsEntryThen' });

const cutSchema = z
  .array(z.enum(manyOfACall))
  .meta({ description: 'of these only the first 50 are shown here; the entry itself has all' });

/** An entry as lists and the live feed show it: without segments, legs, course and why, and of its notes only the latest. */
export const listedSchema = entrySchema
  .omit({ segments: true, legs: true, course: true, why: true, notes: true })
  .extend({
    cut: cutSchema,
    notes_count: z.int(),
    last_note: noteSchema.nullable().meta({ description: 'the latest one; of its text the first 200 characters' }),
  })
  .meta({ id: 'ListedCommsEntry' });
export type Listed = z.infer<typeof listedSchema>;

export const currentSchema = currentCallSchema
  .extend({ customer: customerNameSchema, cut: cutSchema, ...namedShape })
  .meta({ id: 'CurrentCall' });

/** As the PBX writes it. */
const named = (description: string) => text(64).min(1).optional().meta({ description });
const MAX_SECONDS = 86_400;
const seconds = z
  .string()
  .regex(/^\d{1,5}$/, `whole seconds, 0 to ${MAX_SECONDS}`)
  .transform(Number)
  .refine((value) => value <= MAX_SECONDS, `whole seconds, 0 to ${MAX_SECONDS}`)
  .optional();
/** As a document of the API shows it. */
const SECONDS = { type: 'integer', minimum: 0, maximum: MAX_SECONDS };

export const commsFilterShape = {
  type: z.literal('call').optional(),
  direction: repeatable(directionSchema).optional(),
  outcome: repeatable(outcomeSchema).optional(),
  customer_id: customerIdSchema.optional(),
  extension: text(64).min(1).optional().meta({ description: 'an extension that spoke or rang' }),
  queue: named('a queue in which the outside party waited'),
  did: named('our number that was called'),
  trunk: named('a trunk of the outside party'),
  duration_from: seconds.meta({ ...SECONDS, description: 'of the talk, inclusive' }),
  duration_to: seconds.meta({ ...SECONDS, description: 'of the talk, inclusive' }),
  person: directoryIdSchema
    .optional()
    .meta({ description: 'who spoke, whose phone rang, or who logged it, by the directory; `me`: who asks' }),
  q: text(100).min(2).optional().meta({
    description:
      'words in any order, each a part of a number, a name or a note; of two characters the beginning of a word. A number may be spaced; words beyond the sixth are one text',
  }),
  from: time.optional().meta({ description: 'inclusive' }),
  to: time.optional().meta({ description: 'exclusive' }),
  unassigned: flag.optional(),
  handled_by_machine: flag
    .optional()
    .meta({ description: 'whether a machine spoke with the outside party, and no person did' }),
  done: flag.optional(),
};

type Ranges = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly duration_from?: number | undefined;
  readonly duration_to?: number | undefined;
};

const isUpwards = <T extends string | number>(from: T | undefined, to: T | undefined) =>
  from === undefined || to === undefined || from <= to;

/** The query of a list of entries: a range the wrong way round is refused. */
export const withRanges = <S extends z.ZodType<Ranges>>(query: S): S =>
  query
    .refine(({ from, to }) => isUpwards(from, to), { path: ['to'], error: 'not before `from`' })
    .refine(({ duration_from, duration_to }) => isUpwards(duration_from, duration_to), {
      path: ['duration_to'],
      error: 'not less than `duration_from`',
    });

export const countsSchema = z
  .object({
    total: z.int(),
    at_least: z.boolean().meta({
      description:
        'there are more: with a search, a customer, an extension, a queue, a DID, a trunk, a duration or `done` the newest thousand are counted',
    }),
    by_outcome: z.record(outcomeSchema, z.int()),
    by_direction: z.record(directionSchema, z.int()),
    unassigned: z.int(),
    missed_open: z.int().meta({ description: 'inbound, not answered, not done: who waits to be called back' }),
  })
  .meta({ id: 'CommsCounts' });

export const logCallBody = z
  .strictObject({
    customer_id: customerIdSchema,
    direction: z.enum(['inbound', 'outbound']),
    duration_seconds: z.int().min(0).max(86_400).meta({ description: '0: missed' }),
    notes: text(10_000).default(''),
    occurred_at: time.optional().meta({ description: 'default: now; at most 5 minutes ahead' }),
  })
  .meta({ id: 'LogCall' });

// ── customers ────────────────────────────────────────────────────────────────────────────────────────────────────

export const customerParams = z.strictObject({ id: customerIdSchema });

export const customerSchema = z
  .object({
    id: customerIdSchema,
    name: z.string(),
    numbers: z.array(
      z.object({
        number: z.string().meta({ description: 'as the CRM gave it' }),
        e164: z.string().nullable().meta({ description: 'null: not understood, so it matches no call' }),
        label: z.string().nullable(),
        from: z.string().nullable(),
        to: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Customer' });

export const customersPageSchema = pageOf(customerSchema).extend({
  numbers: z.object({ total: z.int(), not_understood: z.int() }).nullable().meta({
    description: 'of all customers; those that are not understood match no call. null: who asks does not see all',
  }),
});

const absent = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => (value === null ? undefined : value));

export const putCustomerBody = z
  .strictObject({
    name: text(200).min(1),
    numbers: z
      .array(
        z.strictObject({
          number: text(64).min(1),
          label: absent(text(100)),
          from: absent(time).meta({ description: 'default: from when it was recorded' }),
          to: absent(time),
        }),
      )
      .max(100),
  })
  .meta({ id: 'PutCustomer' });

/** A customer as it was written; what its numbers mean is in GET. */
export const writtenCustomerSchema = z
  .object({
    id: customerIdSchema,
    name: z.string(),
    numbers: z.array(
      z.object({
        number: z.string(),
        label: z.string().optional(),
        from: z.string().optional(),
        to: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'WrittenCustomer' });

// ── who and how ──────────────────────────────────────────────────────────────────────────────────────────────────

export const signingInSchema = z.object({ command: z.string() }).meta({ id: 'SigningIn' });

export const meSchema = z
  .object({
    sub: z.string(),
    role: roleSchema,
    expires_at: z.string(),
    person: z
      .object({ id: directoryIdSchema, name: z.string(), extensions: z.array(z.string()) })
      .nullable()
      .meta({ description: 'who they are by the directory, with the extensions that are theirs now; null: nobody' }),
    sees: sightSchema.meta({ description: 'whose calls they see' }),
    masked: z.boolean().meta({ description: 'phone numbers are shown to them in part only' }),
    demo: z.boolean().meta({ description: 'the data shown is made up' }),
    version: z.string(),
  })
  .meta({ id: 'Me' });

export const pbxSchema = z
  .object({
    pbx: z.string(),
    state: z.enum(connectionStates),
    level: z.enum(levels).meta({ description: 'of the connection, and of what becomes of what the PBX says' }),
    detail: z.string(),
    since: z
      .string()
      .nullable()
      .meta({ description: 'null: nobody tells of it, so that of the connection nothing is known but `detail`' }),
    listener: z
      .object({
        server: z.string(),
        this_one: z.boolean(),
        told_seconds_ago: z.number().nullable().meta({ description: 'null: it has not told anything yet' }),
      })
      .nullable()
      .meta({ description: 'the server that listens to it, and tells all this' }),
    last_heard_at: z.string().nullable(),
    delay_ms: z.number().nullable().meta({ description: 'how old what is read may be; null: not connected' }),
    account: z
      .object({
        commands: z.array(z.string()),
        lists: z.enum(['all', 'bridges', 'nothing']),
        problem: z.string().nullable(),
      })
      .nullable()
      .meta({
        description:
          'what the account may ask for, and which open channels it was shown at the login; null: not known yet',
      }),
    last_error: z.string().nullable(),
    reconnects: z.int(),
    counts: z.record(z.string(), z.number()),
  })
  .meta({ id: 'PbxState' });

export const serverSchema = z
  .object({
    name: z.string(),
    this_one: z.boolean().meta({ description: 'the one that answers' }),
    program: z.string(),
    started_at: z.string(),
    silent_seconds: z.number().meta({ description: 'since it was heard of last' }),
    living: z.boolean().meta({ description: 'false: that is too long ago, so it does nothing as far as is known' }),
    listens_to: z.array(z.string()),
    stands_by_for: z.array(z.string()).meta({ description: 'PBXs that it takes over when nobody listens to them' }),
    projects: z.array(z.int()).meta({ description: 'versions of the read model' }),
    stands_by_to_project: z.boolean(),
  })
  .meta({ id: 'Server' });

// ── audit ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A fact as it stands in the log. */
export const recordedSchema = z
  .object({
    stream: z.string(),
    revision: z.int(),
    position: z.string().meta({ description: 'in the log, as digits' }),
    type: z.string(),
    recorded_at: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'RecordedEvent' });

/** Who read or exported something. */
export const auditSchema = recordedSchema
  .extend({
    calls: z.array(z.object({ id: z.uuid(), occurred_at: z.string().nullable() })).meta({
      description: 'whose raw facts were read; none: it was an export, or was recorded before calls were named',
    }),
  })
  .meta({ id: 'AuditedReading' });
