/** Stored events of the PBX → typed facts. Nothing after this file sees an AMI key. */
import type { z } from 'zod';
import { CommslogError } from '../errors.ts';
import { isPbxFactData, type PbxFactData, pbxFactDataSchema, pbxFactMetadataSchema } from './events.ts';
import { fromRfc3339, type Micros, microsOfSeconds } from './time.ts';

/** Which part a channel plays in a fact; AMI tells it by the prefix of the keys. */
export type Role =
  | 'subject'
  | 'dest'
  | 'source'
  | 'local_one'
  | 'local_two'
  | 'transferer'
  | 'second_transferer'
  | 'transferee'
  | 'transfer_target'
  | 'parkee'
  | 'retriever'
  | 'picked_up'
  | 'other';

const ROLE_OF_PREFIX: Readonly<Record<string, Role>> = {
  '': 'subject',
  dest: 'dest',
  source: 'source',
  localone: 'local_one',
  localtwo: 'local_two',
  transferer: 'transferer',
  origtransferer: 'transferer',
  secondtransferer: 'second_transferer',
  transferee: 'transferee',
  transfertarget: 'transfer_target',
  parkee: 'parkee',
  retriever: 'retriever',
  target: 'picked_up',
};

/** A channel as one fact shows it; what the PBX left empty or called `<unknown>` is null. */
export type ChannelView = {
  readonly role: Role;
  readonly name: string | null;
  readonly uniqueid: string;
  readonly linkedid: string | null;
  /** AMI's ChannelState: 0 Down, 4 Ring, 5 Ringing, 6 Up, 7 Busy */
  readonly state: number | null;
  readonly callerNumber: string | null;
  readonly callerName: string | null;
  readonly connectedNumber: string | null;
  readonly context: string | null;
  readonly exten: string | null;
};

export type BridgeView = { readonly id: string; readonly type: string | null; readonly technology: string | null };

export type CallRecord = {
  readonly channel: string | null;
  readonly destinationChannel: string | null;
  readonly destinationContext: string | null;
  readonly source: string | null;
  readonly lastApplication: string | null;
  /** the PBX's local time without a zone, whole seconds */
  readonly startTime: string | null;
  readonly answerTime: string | null;
  readonly endTime: string | null;
  readonly disposition: string | null;
};

/** One thing that the PBX, or the listener, said about a call. */
export type Fact = {
  readonly type: string;
  readonly pbx: string;
  readonly session: number;
  readonly seq: number;
  readonly receivedAt: Micros | null;
  /** event time: the PBX's `Timestamp`, else `receivedAt` */
  readonly at: Micros | null;
  readonly channels: readonly ChannelView[];
  readonly bridges: readonly BridgeView[];
  readonly dialStatus: string | null;
  readonly dialString: string | null;
  /** Q.850; of a `SoftHangupRequested` the flags of the request instead */
  readonly cause: number | null;
  /** the technology's own cause, of SIP its status */
  readonly techCause: number | null;
  /** of a transfer: `Success`, or why it was refused */
  readonly result: string | null;
  readonly record: CallRecord | null;
};

const NOTHING: ReadonlySet<string> = new Set(['', '<unknown>', '<null>', '(null)']);

/**
 * The typed fact of a stored PBX event.
 * Throws `POISON_EVENT` (naming no content) when data or metadata are not what the schema says.
 */
export function factOf(event: { readonly type: string; readonly data: unknown; readonly metadata: unknown }): Fact {
  const data = dataOf(event);
  const metadata = pbxFactMetadataSchema.safeParse(event.metadata);
  if (!metadata.success) throw poison(event.type, 'metadata', metadata.error);
  const fields = new Fields(data.fields);
  const receivedAt = metadata.data.received_at === null ? null : fromRfc3339(metadata.data.received_at);
  return {
    type: event.type,
    pbx: metadata.data.pbx,
    session: metadata.data.session,
    seq: metadata.data.seq,
    receivedAt,
    at: microsOfSeconds(fields.get('timestamp') ?? '') ?? receivedAt,
    channels: fields.channels(),
    bridges: fields.bridges(),
    dialStatus: fields.get('dialstatus'),
    dialString: fields.get('dialstring'),
    cause: fields.integer('cause'),
    techCause: fields.integer('techcause'),
    result: fields.get('result'),
    record: event.type === 'CallDetailRecorded' ? fields.record() : null,
  };
}

/** Facts in the order in which the PBX said them. */
export function inOrder(facts: readonly Fact[]): Fact[] {
  return [...facts].sort(
    (a, b) => (a.pbx < b.pbx ? -1 : a.pbx > b.pbx ? 1 : 0) || a.session - b.session || a.seq - b.seq,
  );
}

/** The schema is asked only what is wrong. */
function dataOf({ type, data }: { readonly type: string; readonly data: unknown }): PbxFactData {
  if (isPbxFactData(data)) return data;
  const read = pbxFactDataSchema.safeParse(data);
  if (!read.success) throw poison(type, 'data', read.error);
  return read.data;
}

function poison(type: string, part: string, error: z.ZodError): CommslogError {
  const where = error.issues.map((issue) => [part, ...issue.path].join('.'));
  return new CommslogError('POISON_EVENT', `the ${type} event is not as its schema says: ${where.join(', ')}`);
}

/** How a key of AMI is read. Keys count without regard to case (AMI writes `DestUniqueId` and `DestUniqueid`). */
type Key = {
  readonly name: string;
  /** of `…Uniqueid`: whose */
  readonly channel: ChannelKeys | null;
  /** of `…BridgeUniqueid`: where what stands beside it is */
  readonly bridge: { readonly type: string; readonly technology: string } | null;
};

type ChannelKeys = { readonly role: Role } & Readonly<
  Record<
    'name' | 'linkedid' | 'state' | 'callerNumber' | 'callerName' | 'connectedNumber' | 'context' | 'exten',
    string
  >
>;

const UNIQUEID = 'uniqueid';
const BRIDGE_UNIQUEID = 'bridgeuniqueid';
/** Keys as they were spelled: AMI has some hundreds, all short; what a hostile peer makes up is read anew each time. */
const MAX_KNOWN_KEYS = 2_000;
const MAX_KNOWN_LENGTH = 64;
const knownKeys = new Map<string, Key>();

function keyOf(spelled: string): Key {
  const known = knownKeys.get(spelled);
  if (known) return known;
  const name = spelled.toLowerCase();
  const key = { name, channel: channelKeysOf(name), bridge: bridgeKeysOf(name) };
  if (knownKeys.size < MAX_KNOWN_KEYS && spelled.length <= MAX_KNOWN_LENGTH) knownKeys.set(spelled, key);
  return key;
}

function channelKeysOf(name: string): ChannelKeys | null {
  if (!name.endsWith(UNIQUEID)) return null;
  const prefix = name.slice(0, -UNIQUEID.length);
  if (prefix.endsWith('bridge') || prefix === 'swap') return null;
  return {
    role: ROLE_OF_PREFIX[prefix] ?? 'other',
    name: `${prefix}channel`,
    linkedid: `${prefix}linkedid`,
    state: `${prefix}channelstate`,
    callerNumber: `${prefix}calleridnum`,
    callerName: `${prefix}calleridname`,
    connectedNumber: `${prefix}connectedlinenum`,
    context: `${prefix}context`,
    exten: `${prefix}exten`,
  };
}

function bridgeKeysOf(name: string): Key['bridge'] {
  if (!name.endsWith(BRIDGE_UNIQUEID)) return null;
  const prefix = name.slice(0, -BRIDGE_UNIQUEID.length);
  return { type: `${prefix}bridgetype`, technology: `${prefix}bridgetechnology` };
}

/** The fields of a frame by key; of a key that is repeated the first value counts. */
class Fields {
  readonly #values = new Map<string, string>();
  /** `…Uniqueid`s that are a channel's, and `…BridgeUniqueid`s, in their order */
  readonly #ids: Key[] = [];

  constructor(fields: readonly (readonly [string, string])[]) {
    for (const [spelled, value] of fields) {
      const key = keyOf(spelled);
      if (this.#values.has(key.name)) continue;
      this.#values.set(key.name, value.trim());
      if (key.channel || key.bridge) this.#ids.push(key);
    }
  }

  get(key: string): string | null {
    const value = this.#values.get(key);
    return value === undefined || NOTHING.has(value) ? null : value;
  }

  integer(key: string): number | null {
    const value = this.get(key);
    return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
  }

  /** Every `…Uniqueid` that is a channel's, with what stands beside it. */
  channels(): ChannelView[] {
    const channels: ChannelView[] = [];
    for (const { name, channel } of this.#ids) {
      const uniqueid = channel && this.get(name);
      if (uniqueid) channels.push(this.#channel(channel, uniqueid));
    }
    return channels;
  }

  #channel(keys: ChannelKeys, uniqueid: string): ChannelView {
    return {
      role: keys.role,
      name: this.get(keys.name),
      uniqueid,
      linkedid: this.get(keys.linkedid),
      state: this.integer(keys.state),
      callerNumber: this.get(keys.callerNumber),
      callerName: this.get(keys.callerName),
      connectedNumber: this.get(keys.connectedNumber),
      context: this.get(keys.context),
      exten: this.get(keys.exten),
    };
  }

  /** Every `…BridgeUniqueid`; lists of channels call it `BridgeId`. */
  bridges(): BridgeView[] {
    const bridges: BridgeView[] = [];
    for (const { name, bridge } of this.#ids) {
      const id = bridge && this.get(name);
      if (id) bridges.push({ id, type: this.get(bridge.type), technology: this.get(bridge.technology) });
    }
    const listed = this.get('bridgeid');
    if (listed !== null) bridges.push({ id: listed, type: null, technology: null });
    return bridges;
  }

  record(): CallRecord {
    return {
      channel: this.get('channel'),
      destinationChannel: this.get('destinationchannel'),
      destinationContext: this.get('destinationcontext'),
      source: this.get('source'),
      lastApplication: this.get('lastapplication'),
      startTime: this.get('starttime'),
      answerTime: this.get('answertime'),
      endTime: this.get('endtime'),
      disposition: this.get('disposition'),
    };
  }
}
