/** The vocabulary of the log (design §4): what a stored event is, and the shapes that the program writes. */
import { z } from 'zod';

// ── envelopes ────────────────────────────────────────────────────────────────────────────────────────────────────

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** An event that is about to be appended. The id is a UUID; data and metadata are JSON. */
export type NewEvent = {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
};

/** An event as the log gives it back. `position` grows through the whole log, `revision` through its stream (from 0). */
export type RecordedEvent = NewEvent & {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
};

export const rfc3339 = z.iso.datetime({ offset: true });

const commonMetadata = {
  /** version of the event's own schema, from 1 */
  v: z.int().min(1),
  recorded_at: rfc3339,
  /** version of the program that wrote it */
  app: z.string(),
  $correlationId: z.string(),
};

// ── facts of the PBX ─────────────────────────────────────────────────────────────────────────────────────────────

export const pbxIdSchema = z
  .string()
  .regex(/^[a-z0-9_]{1,32}$/, 'one to 32 of a–z, 0–9 and _')
  .refine((id) => id !== 'manual', '`manual` is taken');

/** A frame as the PBX sent it: fields in their order, repeats kept; the keys whose value was no UTF-8 stand in `latin1`. */
export const pbxFactDataSchema = z.object({
  fields: z.array(z.tuple([z.string(), z.string()])),
  latin1: z.array(z.string()).optional(),
});
export type PbxFactData = z.infer<typeof pbxFactDataSchema>;

/** What `pbxFactDataSchema` says, without the copy that it makes of every field: the log is read by the million. */
export function isPbxFactData(data: unknown): data is PbxFactData {
  if (typeof data !== 'object' || data === null || !('fields' in data)) return false;
  const { fields, latin1 = [] } = data as { readonly fields: unknown; readonly latin1?: unknown };
  return (
    Array.isArray(fields) &&
    fields.every((field) => Array.isArray(field) && field.length === 2 && field.every(isText)) &&
    Array.isArray(latin1) &&
    latin1.every(isText)
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export const pbxFactMetadataSchema = z.object({
  ...commonMetadata,
  pbx: z.string(),
  /** revision of the session's PbxConnected in `pbx-<pbx>` */
  session: z.int().min(0),
  /** counts the facts of a session from 0, without gaps when it is given out */
  seq: z.int().min(0),
  /** as in the session's PbxConnected */
  heard_before: z.int().min(0).optional(),
  /** null only where a recording has no clock */
  received_at: rfc3339.nullable(),
  /** only where what was read may be old: it was said between this moment (of our clock) and `received_at` */
  said_after: rfc3339.optional(),
});

export type PbxFactMetadata = z.infer<typeof pbxFactMetadataSchema>;

const RFC3339 = z.regexes.datetime({ offset: true });

/** What `pbxFactMetadataSchema` says, without its copy: the log is read by the million. */
export function isPbxFactMetadata(metadata: unknown): metadata is PbxFactMetadata {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return false;
  const told = metadata as Readonly<Record<keyof PbxFactMetadata, unknown>>;
  return (
    isWhole(told.v, 1) &&
    isTime(told.recorded_at) &&
    isText(told.app) &&
    isText(told.$correlationId) &&
    isText(told.pbx) &&
    isWhole(told.session, 0) &&
    isWhole(told.seq, 0) &&
    (told.heard_before === undefined || isWhole(told.heard_before, 0)) &&
    (told.received_at === null || isTime(told.received_at)) &&
    (told.said_after === undefined || isTime(told.said_after))
  );
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least;
}

function isTime(value: unknown): boolean {
  return isText(value) && RFC3339.test(value);
}

/** AMI event name → type of the stored fact. A frame in no table that names a channel or a bridge is `PbxEventObserved`. */
export const PBX_FACT_TYPES = {
  Newchannel: 'ChannelOpened',
  Newstate: 'ChannelStateChanged',
  NewCallerid: 'CallerIdChanged',
  NewConnectedLine: 'ConnectedLineChanged',
  Rename: 'ChannelRenamed',
  Hangup: 'CallHungUp',
  HangupRequest: 'HangupRequested',
  SoftHangupRequest: 'SoftHangupRequested',
  DialBegin: 'DialBegan',
  DialState: 'DialProgressed',
  DialEnd: 'DialEnded',
  BridgeCreate: 'BridgeCreated',
  BridgeEnter: 'BridgeEntered',
  BridgeLeave: 'BridgeLeft',
  BridgeDestroy: 'BridgeDestroyed',
  BridgeMerge: 'BridgesMerged',
  BlindTransfer: 'CallBlindTransferred',
  AttendedTransfer: 'CallAttendedTransferred',
  LocalBridge: 'LocalChannelsBridged',
  LocalOptimizationBegin: 'LocalOptimizationBegan',
  LocalOptimizationEnd: 'LocalOptimizationEnded',
  Hold: 'CallHeld',
  Unhold: 'CallResumed',
  Pickup: 'CallPickedUp',
  ParkedCall: 'CallParked',
  ParkedCallGiveUp: 'ParkedCallGivenUp',
  ParkedCallTimeOut: 'ParkedCallTimedOut',
  UnParkedCall: 'CallUnparked',
  ConfbridgeStart: 'ConferenceStarted',
  ConfbridgeJoin: 'ConferenceJoined',
  ConfbridgeLeave: 'ConferenceLeft',
  ConfbridgeEnd: 'ConferenceEnded',
  MeetmeJoin: 'ConferenceJoined',
  MeetmeLeave: 'ConferenceLeft',
  MessageWaiting: 'VoicemailLeft',
  MixMonitorStart: 'RecordingStarted',
  MixMonitorStop: 'RecordingStopped',
  MonitorStart: 'RecordingStarted',
  MonitorStop: 'RecordingStopped',
  OriginateResponse: 'CallOriginated',
  Cdr: 'CallDetailRecorded',
  QueueCallerJoin: 'QueueCallerJoined',
  QueueCallerLeave: 'QueueCallerLeft',
  QueueCallerAbandon: 'QueueCallerAbandoned',
  AgentCalled: 'AgentCalled',
  AgentConnect: 'AgentConnected',
  AgentComplete: 'AgentCompleted',
  AgentRingNoAnswer: 'AgentRangWithoutAnswer',
} as const;

export const OTHER_PBX_FACT = 'PbxEventObserved';

/**
 * What the listener itself says in a call's stream, in the shape of a PBX fact: `ChannelSeen` a channel of the list that it
 * asked for (the listed fields), `CallGivenUp` that nothing more is expected of a call (fields `Uniqueid` and `Linkedid`).
 */
export const LISTENER_FACT_TYPES = { channelSeen: 'ChannelSeen', callGivenUp: 'CallGivenUp' } as const;

/** A fact of a PBX that was erased singly: its place is kept, it has no fields. */
export const ERASED_FACT = 'FactErased';

/** A record of the PBX's database or of its Master.csv: its columns verbatim, as the fields of `pbxFactDataSchema`. */
export const CALL_RECORD_IMPORTED = 'CallRecordImported';

export const callRecordMetadataSchema = z.object({
  ...commonMetadata,
  pbx: z.string(),
  /** `calldate`, which is local time, as a moment */
  began_at: rfc3339,
  /** of which place it was taken to be the time */
  time_zone: z.string(),
  /** it lies in the hour that comes twice, and nothing tells in which of the two */
  ambiguous_hour: z.literal(true).optional(),
});

// ── people, customers, system ───────────────────────────────────────────────────────────────────────────────────

export const roleSchema = z.enum(['agent', 'auditor', 'admin']);
export type Role = z.infer<typeof roleSchema>;
/** `sub`: of one of our own tokens, or `<issuer>#<sub>` (`domain/subject.ts`). */
export const actorSchema = z.object({ sub: z.string().min(1).max(500), role: roleSchema });
export type Actor = z.infer<typeof actorSchema>;
/** Who states a fact, and in which request. */
export type Author = { readonly actor: Actor; readonly requestId: string };

export const peopleMetadataSchema = z.object({
  ...commonMetadata,
  actor: actorSchema,
  request_id: z.string(),
  /** the same in all that one import of customers has told */
  import_id: z.uuid().optional(),
});
/** Version of the facts that people state: from it on the subject of an outside issuer names that issuer. */
export const NAMES_ISSUER = 2;

export const customerIdSchema = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/, '1 to 64 of A–Z, a–z, 0–9 and _ . : -');

export const MAX_NUMBERS = 100;

/** A number as the CRM gave it; who held it from when to when decides to whom a past call belongs. */
const customerNumberSchema = z.object({
  number: z.string().min(1).max(64),
  label: z.string().max(100).optional(),
  from: rfc3339.optional(),
  to: rfc3339.optional(),
});
export const customerSchema = z.object({
  name: z.string().min(1).max(200),
  numbers: z.array(customerNumberSchema).max(MAX_NUMBERS),
});
export type CustomerData = z.infer<typeof customerSchema>;

/** Written when a log is first opened; a copy of another log has an id of its own and says whose copy it is. */
export const logCreatedSchema = z.object({ log_id: z.uuid(), copied_from: z.uuid().optional() });

export const rulesSourceSchema = z.enum(['default', 'file', 'api']);
export const rulesAcceptedSchema = z.object({ rules: z.record(z.string(), z.unknown()), source: rulesSourceSchema });
export const readModelActivatedSchema = z.object({ version: z.int().min(1), derivation: z.string() });

/** What a person has taken out of the log: entries as a table (which filters, without what was searched for), or raw facts. */
export const logExportedSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('entries'), format: z.enum(['csv', 'ndjson']), filters: z.record(z.string(), z.json()) }),
  z.object({
    what: z.literal('facts'),
    from: rfc3339,
    to: rfc3339,
    events: z.int().min(0),
    /** of the file's bytes, hexadecimal */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
]);
export type LogExported = z.infer<typeof logExportedSchema>;

export const erasedSubjectSchema = z.enum(['customer', 'number', 'call']);

/**
 * What is erased, in portions: `erasure` is what they have in common. `calls` are the ids that a PBX gave the erased calls:
 * a fact that comes with one of them later makes no row. `facts` are single ones of streams that stay (revisions as digits).
 */
export const erasureOrderedSchema = z.object({
  erasure: z.uuid(),
  subject: erasedSubjectSchema,
  streams: z.array(z.string()),
  calls: z.array(z.object({ pbx: z.string(), keys: z.array(z.string()) })),
  facts: z.array(z.object({ stream: z.string(), revisions: z.array(z.string().regex(/^\d{1,19}$/)) })),
});

/** The proof: the store has erased everything that was ordered with this id. Counts only. */
export const personalDataErasedSchema = z.object({
  erasure: z.uuid(),
  subject: erasedSubjectSchema,
  streams: z.int().min(0),
  facts: z.int().min(0),
});

// ── streams ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const streamOf = {
  call: (pbx: string, id: string) => `call-${pbx}-${id}`,
  /** of imported call records, by Linkedid, else Uniqueid */
  record: (pbx: string, id: string) => `cdr-${pbx}-${id}`,
  session: (pbx: string, session: number) => `call-${pbx}-session${session}`,
  pbx: (pbx: string) => `pbx-${pbx}`,
  customer: (id: string) => `customer-${id}`,
  person: (id: string) => `person-${id}`,
  team: (id: string) => `team-${id}`,
  /** of an entry that was missed */
  callBack: (id: string) => `callback-${id}`,
  manual: (uuid: string) => `manual-${uuid}`,
  annotation: (id: string) => `annotation-${id}`,
  /** of one call that somebody had begun */
  dial: (uuid: string) => `dial-${uuid}`,
  log: 'system-log',
  rules: 'system-rules',
  settings: 'system-settings',
  places: 'system-places',
  readModel: 'system-read-model',
  erasures: 'system-erasures',
  /** `month` as `2026-11` */
  audit: (month: string) => `audit-${month}`,
} as const;

/** What the names of streams begin with that can hold personal data. */
export const PERSONAL_PREFIXES = [
  'call-',
  'cdr-',
  'manual-',
  'annotation-',
  'customer-',
  'person-',
  'callback-',
  'dial-',
];

/** Whether it is the stream of a session, which holds what named no call: there all people are mixed. */
export function isSessionStream(stream: string): boolean {
  return /^call-[a-z0-9_]+-session\d+$/.test(stream);
}

/** A stream's name in its two parts: what kind of thing it is about (`customer`), and which. */
export function partsOfStream(stream: string): { readonly kind: string; readonly id: string } {
  const dash = stream.indexOf('-');
  return { kind: stream.slice(0, dash), id: stream.slice(dash + 1) };
}
