/** The fields of an AMI frame → the channels, bridges and values of a fact. Only this file and `factOf.ts` know keys of AMI. */
import { idIn, saidIn } from '../channelId.ts';
import type { BridgeView, CallRecord, ChannelView, Listed, Role } from './fact.ts';

/** From outside come any keys, so they are looked up in a Map. */
const ROLE_OF_PREFIX: ReadonlyMap<string, Role> = new Map(
  Object.entries<Role>({
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
  }),
);

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
    | 'name'
    | 'linkedid'
    | 'state'
    | 'callerNumber'
    | 'callerName'
    | 'connectedNumber'
    | 'context'
    | 'exten'
    | 'priority',
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
    role: ROLE_OF_PREFIX.get(prefix) ?? 'other',
    name: `${prefix}channel`,
    linkedid: `${prefix}linkedid`,
    state: `${prefix}channelstate`,
    callerNumber: `${prefix}calleridnum`,
    callerName: `${prefix}calleridname`,
    connectedNumber: `${prefix}connectedlinenum`,
    context: `${prefix}context`,
    exten: `${prefix}exten`,
    priority: `${prefix}priority`,
  };
}

function bridgeKeysOf(name: string): Key['bridge'] {
  if (!name.endsWith(BRIDGE_UNIQUEID)) return null;
  const prefix = name.slice(0, -BRIDGE_UNIQUEID.length);
  return { type: `${prefix}bridgetype`, technology: `${prefix}bridgetechnology` };
}

/** The fields of a frame by key; of a key that is repeated the first value counts. */
export class Fields {
  readonly #values = new Map<string, string>();
  /** `…Uniqueid`s that are a channel's, and `…BridgeUniqueid`s, in their order */
  readonly #ids: Key[] = [];

  constructor(fields: readonly (readonly [string, string])[]) {
    for (const [spelled, value] of fields) {
      const key = keyOf(spelled);
      if (this.#values.has(key.name)) continue;
      this.#values.set(key.name, value);
      if (key.channel || key.bridge) this.#ids.push(key);
    }
  }

  get(key: string): string | null {
    const value = this.#values.get(key);
    return value === undefined ? null : saidIn(value);
  }

  /** Of a channel, a bridge or a call. */
  #id(key: string): string | null {
    const value = this.#values.get(key);
    return value === undefined ? null : idIn(value);
  }

  integer(key: string): number | null {
    const value = this.get(key);
    return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
  }

  /** Of a number with its words: `32 (Presentation Prohibited, Not Screened)`. */
  leadingInteger(key: string): number | null {
    const [digits] = /^[0-9]{1,9}(?= |$)/.exec(this.get(key) ?? '') ?? [];
    return digits === undefined ? null : Number(digits);
  }

  /** Every `…Uniqueid` that is a channel's, with what stands beside it. */
  channels(): ChannelView[] {
    const channels: ChannelView[] = [];
    for (const { name, channel } of this.#ids) {
      const uniqueid = channel && this.#id(name);
      if (uniqueid) channels.push(this.#channel(channel, uniqueid));
    }
    return channels;
  }

  #channel(keys: ChannelKeys, uniqueid: string): ChannelView {
    return {
      role: keys.role,
      name: this.get(keys.name),
      uniqueid,
      linkedid: this.#id(keys.linkedid),
      state: this.integer(keys.state),
      callerNumber: this.get(keys.callerNumber),
      callerName: this.get(keys.callerName),
      connectedNumber: this.get(keys.connectedNumber),
      context: this.get(keys.context),
      exten: this.get(keys.exten),
      priority: this.integer(keys.priority),
    };
  }

  /** Every `…BridgeUniqueid`; lists of channels call it `BridgeId`. */
  bridges(): BridgeView[] {
    const bridges: BridgeView[] = [];
    for (const { name, bridge } of this.#ids) {
      const id = bridge && this.#id(name);
      if (id) bridges.push({ id, type: this.get(bridge.type), technology: this.get(bridge.technology) });
    }
    const ofList = this.#id('bridgeid');
    if (ofList !== null) bridges.push({ id: ofList, type: null, technology: null });
    return bridges;
  }

  record(): CallRecord {
    return {
      channel: this.get('channel'),
      destinationChannel: this.get('destinationchannel'),
      destinationContext: this.get('destinationcontext'),
      source: this.get('source'),
      destination: this.get('destination'),
      callerId: this.get('callerid'),
      lastApplication: this.get('lastapplication'),
      lastData: this.get('lastdata'),
      startTime: this.get('starttime'),
      answerTime: this.get('answertime'),
      endTime: this.get('endtime'),
      disposition: this.get('disposition'),
    };
  }
  listed(): Listed {
    return { dialled: this.get('dnid'), application: this.get('application') };
  }
}
