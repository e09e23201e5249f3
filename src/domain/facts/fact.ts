/** What the PBX, the listener, or the PBX's call records said about a call, as the fold reads it. */
import type { ImportedRecord } from '../records/importedRecord.ts';
import type { Micros } from '../time.ts';
import { byPlace, type Place } from './hearing.ts';

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
  /** the step of its dialplan there */
  readonly priority: number | null;
};

export type BridgeView = { readonly id: string; readonly type: string | null; readonly technology: string | null };

export type CallRecord = {
  readonly channel: string | null;
  readonly destinationChannel: string | null;
  readonly destinationContext: string | null;
  readonly source: string | null;
  readonly destination: string | null;
  /** `"name" <number>` */
  readonly callerId: string | null;
  readonly lastApplication: string | null;
  readonly lastData: string | null;
  /** the PBX's local time without a zone, whole seconds */
  readonly startTime: string | null;
  readonly answerTime: string | null;
  readonly endTime: string | null;
  readonly disposition: string | null;
};

/** What a list of channels tells of one of them beside its `ChannelView`. */
export type Listed = {
  /** what was dialled: on a trunk that called, our number; on a phone, what was typed */
  readonly dialled: string | null;
  readonly application: string | null;
};

/** One thing that the PBX, or the listener, said about a call. */
export type Fact = Place & {
  readonly type: string;
  readonly pbx: string;
  readonly receivedAt: Micros | null;
  /** where what was read may be old: it was said after this */
  readonly saidAfter: Micros | null;
  /** the PBX's `Timestamp`, by the PBX's clock */
  readonly timestamp: Micros | null;
  /** event time: `timestamp`, else `receivedAt`; `placedInTime` puts it right */
  readonly at: Micros | null;
  /** it was read later than it was said */
  readonly isLate: boolean;
  /** what the PBX's clock showed more than ours, in microseconds */
  readonly clockOffset: number;
  /** the PBX's clock may have been set since what was said before: when it was said is not sure */
  readonly isClockDoubted: boolean;
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
  /** of a `CallerIdChanged`: AMI's CID-CallingPres, Q.931's presentation and screening indicator */
  readonly presentation: number | null;
  /** the queue that it tells of */
  readonly queue: string | null;
  readonly record: CallRecord | null;
  /** of a `ChannelSeen` */
  readonly listed: Listed | null;
  /** a call record that was read from the PBX's database or file: no session heard it */
  readonly imported: ImportedRecord | null;
};

/** Of what nobody heard: stands before every session. */
export const NO_SESSION = -1;

/** Facts in the order in which the PBX said them. */
export function inOrder(facts: readonly Fact[]): Fact[] {
  return [...facts].sort((a, b) => (a.pbx < b.pbx ? -1 : a.pbx > b.pbx ? 1 : 0) || byPlace(a, b));
}

/** How a fact shows the channel that plays this part in it. */
export function viewIn(fact: Fact, role: Role): ChannelView | undefined {
  return fact.channels.find((channel) => channel.role === role);
}
