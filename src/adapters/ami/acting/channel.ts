import type { Micros } from '../../../domain/time.ts';
import type { Field } from '../../../ports/pbxSource.ts';

export const UNKNOWN = '<unknown>';
const STATES = { 0: 'Down', 4: 'Ring', 5: 'Ringing', 6: 'Up', 7: 'Busy' } as const;

export type ChannelState = keyof typeof STATES;

/** Where in the dialplan a channel is. */
export type Place = readonly [context: string, exten: string, priority?: number];

/** A channel as it is now: what every frame about it shows. */
export type Channel = {
  readonly name: string;
  readonly uniqueid: string;
  readonly openedAt: Micros;
  linkedid: string;
  state: ChannelState;
  number: string;
  callerName: string;
  connectedNumber: string;
  connectedName: string;
  place: Place;
  answeredAt: Micros | null;
};

export type Bridge = { readonly id: string; channels: number };

/** Q.850 and Asterisk's words for it. */
export type Cause = readonly [code: number, text: string];
export const CLEARED: Cause = [16, 'Normal Clearing'];
export const NO_CAUSE: Cause = [0, 'Unknown'];
export const NOT_ANSWERED: Cause = [19, 'User alerting, no answer'];
export const CANCELLED: Cause = [127, 'Interworking, unspecified'];
export const BUSY: Cause = [17, 'User busy'];
export const CONGESTED: Cause = [34, 'Circuit/channel congestion'];

/** What is counted from the start of the PBX on, over all its calls. */
export class Counters {
  #channels = 0;
  #names = 0;
  #locals = 0;

  uniqueid(at: Micros): string {
    const id = this.nextUniqueid(at);
    this.#channels += 1;
    return id;
  }

  /** What `uniqueid` is about to give. */
  nextUniqueid(at: Micros): string {
    return `${Math.floor(at / 1_000_000)}.${this.#channels}`;
  }

  ofName(): string {
    return hex8(this.#names++);
  }

  ofLocal(): string {
    return hex8(this.#locals++);
  }
}

const hex8 = (number: number) => number.toString(16).padStart(8, '0');

/** The fields by which a frame shows a channel, in their order. */
export function snapshot(channel: Channel, prefix = ''): readonly Field[] {
  const [context, exten, priority = 1] = channel.place;
  return [
    [`${prefix}Channel`, channel.name],
    [`${prefix}ChannelState`, String(channel.state)],
    [`${prefix}ChannelStateDesc`, STATES[channel.state]],
    [`${prefix}CallerIDNum`, channel.number],
    [`${prefix}CallerIDName`, channel.callerName],
    [`${prefix}ConnectedLineNum`, channel.connectedNumber],
    [`${prefix}ConnectedLineName`, channel.connectedName],
    [`${prefix}Language`, 'en'],
    [`${prefix}AccountCode`, ''],
    [`${prefix}Context`, context],
    [`${prefix}Exten`, exten],
    [`${prefix}Priority`, String(priority)],
    [`${prefix}Uniqueid`, channel.uniqueid],
    [`${prefix}Linkedid`, channel.linkedid],
  ];
}

export function bridgeFields({ id, channels }: Bridge, prefix = ''): readonly Field[] {
  return [
    [`${prefix}BridgeUniqueid`, id],
    [`${prefix}BridgeType`, 'basic'],
    [`${prefix}BridgeTechnology`, 'simple_bridge'],
    [`${prefix}BridgeCreator`, UNKNOWN],
    [`${prefix}BridgeName`, UNKNOWN],
    [`${prefix}BridgeNumChannels`, String(channels)],
    [`${prefix}BridgeVideoSourceMode`, 'none'],
  ];
}
