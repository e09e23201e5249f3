/** Stored events of the PBX → typed facts. Nothing after this file sees an AMI key. */
import type { z } from 'zod';
import { CommslogError } from '../errors.ts';
import { pbxFactDataSchema, pbxFactMetadataSchema } from './events.ts';
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
  const data = pbxFactDataSchema.safeParse(event.data);
  const metadata = pbxFactMetadataSchema.safeParse(event.metadata);
  if (!data.success) throw poison(event.type, 'data', data.error);
  if (!metadata.success) throw poison(event.type, 'metadata', metadata.error);
  const fields = new Fields(data.data.fields);
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

function poison(type: string, part: string, error: z.ZodError): CommslogError {
  const where = error.issues.map((issue) => [part, ...issue.path].join('.'));
  return new CommslogError('POISON_EVENT', `the ${type} event is not as its schema says: ${where.join(', ')}`);
}

/** The fields of a frame by key; keys without regard to case (AMI writes `DestUniqueId` and `DestUniqueid`). */
class Fields {
  readonly #values = new Map<string, string>();

  constructor(fields: readonly (readonly [string, string])[]) {
    for (const [key, value] of fields) {
      const name = key.toLowerCase();
      if (!this.#values.has(name)) this.#values.set(name, value.trim());
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
    return this.#prefixes('uniqueid')
      .filter((prefix) => !prefix.endsWith('bridge') && prefix !== 'swap')
      .flatMap((prefix) => {
        const uniqueid = this.get(`${prefix}uniqueid`);
        return uniqueid === null ? [] : [this.#channel(prefix, uniqueid)];
      });
  }

  #channel(prefix: string, uniqueid: string): ChannelView {
    return {
      role: ROLE_OF_PREFIX[prefix] ?? 'other',
      name: this.get(`${prefix}channel`),
      uniqueid,
      linkedid: this.get(`${prefix}linkedid`),
      state: this.integer(`${prefix}channelstate`),
      callerNumber: this.get(`${prefix}calleridnum`),
      callerName: this.get(`${prefix}calleridname`),
      connectedNumber: this.get(`${prefix}connectedlinenum`),
      context: this.get(`${prefix}context`),
      exten: this.get(`${prefix}exten`),
    };
  }

  /** Every `…BridgeUniqueid`; lists of channels call it `BridgeId`. */
  bridges(): BridgeView[] {
    const listed = this.get('bridgeid');
    const named = this.#prefixes('bridgeuniqueid').flatMap((prefix) => {
      const id = this.get(`${prefix}bridgeuniqueid`);
      const type = this.get(`${prefix}bridgetype`);
      return id === null ? [] : [{ id, type, technology: this.get(`${prefix}bridgetechnology`) }];
    });
    return listed === null ? named : [...named, { id: listed, type: null, technology: null }];
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

  #prefixes(suffix: string): string[] {
    return [...this.#values.keys()].filter((key) => key.endsWith(suffix)).map((key) => key.slice(0, -suffix.length));
  }
}
