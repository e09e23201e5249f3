import { v5 as uuidv5 } from 'uuid';
import { type Micros, toSeconds } from '../../../domain/time.ts';
import type { Field } from '../../../ports/pbxSource.ts';
import {
  type Bridge,
  bridgeFields,
  type Cause,
  type Channel,
  type ChannelState,
  type Counters,
  type Place,
  snapshot,
  UNKNOWN,
} from './channel.ts';

/** Namespace of the bridges' ids; any would do. */
const BRIDGES = '0b0f6d2e-5a0c-4d0b-8b56-6f3f4d1b9a77';
const PRESENTED = '0 (Presentation Allowed, Not Screened)';
/** Asterisk keeps no more of it. */
const MAX_LAST_DATA = 79;

type Opening = {
  readonly state: ChannelState;
  readonly place: Place;
  readonly number?: string;
  readonly callerName?: string;
  readonly of?: Channel;
};

/** A frame as it stands on the wire, and when it was said. */
export type SaidFrame = { readonly at: Micros; readonly text: string };

/**
 * The words in which Asterisk 22 under FreePBX 17 speaks of channels: names, order of the fields, `timestampevents = yes`.
 * What a listener skips in any case (states of devices, music) is not said.
 */
export class Stage {
  readonly #counters: Counters;
  readonly #now: () => Micros;
  readonly #say: (frame: SaidFrame) => void;
  #bridges = 0;

  /** `now`: the moment of the next frame; no two have the same */
  constructor(counters: Counters, now: () => Micros, say: (frame: SaidFrame) => void) {
    this.#counters = counters;
    this.#now = now;
    this.#say = say;
  }

  now(): Micros {
    return this.#now();
  }

  /** A channel of a phone or a trunk: `PJSIP/101-0000002a`. */
  open(endpoint: string, opening: Opening): Channel {
    return this.#open(`PJSIP/${endpoint}-${this.#counters.ofName()}`, opening);
  }

  /** The two halves of a Local channel. */
  openLocal(target: string, context: string, of: Channel): readonly [one: Channel, two: Channel] {
    const name = `Local/${target}@${context}-${this.#counters.ofLocal()}`;
    const place: Place = [context, target];
    return [this.#open(`${name};1`, { state: 0, place, of }), this.#open(`${name};2`, { state: 4, place, of })];
  }

  #open(name: string, { state, place, number = UNKNOWN, callerName = UNKNOWN, of }: Opening): Channel {
    const at = this.#now();
    const uniqueid = this.#counters.uniqueid(at);
    const channel: Channel = {
      name,
      uniqueid,
      openedAt: at,
      linkedid: of?.linkedid ?? uniqueid,
      state,
      number,
      callerName,
      connectedNumber: UNKNOWN,
      connectedName: UNKNOWN,
      place,
      answeredAt: null,
    };
    this.#tell(at, 'Newchannel', snapshot(channel));
    return channel;
  }

  state(channel: Channel, state: ChannelState): void {
    channel.state = state;
    this.#tellNow('Newstate', snapshot(channel));
  }

  answer(channel: Channel): void {
    this.state(channel, 6);
    channel.answeredAt = this.#now();
  }

  callerId(channel: Channel, number: string, name: string): void {
    channel.number = number;
    channel.callerName = name;
    this.#tellNow('NewCallerid', [...snapshot(channel), ['CID-CallingPres', PRESENTED]]);
  }

  connectedLine(channel: Channel, number: string, name: string): void {
    channel.connectedNumber = number;
    channel.connectedName = name;
    this.#tellNow('NewConnectedLine', snapshot(channel));
  }

  dialBegin(from: Channel, to: Channel, dialString: string): void {
    this.#tellNow('DialBegin', [...snapshot(from), ...snapshot(to, 'Dest'), ['DialString', dialString]]);
  }

  dialRings(from: Channel, to: Channel): void {
    this.#tellNow('DialState', [...snapshot(from), ...snapshot(to, 'Dest'), ['DialStatus', 'RINGING']]);
  }

  dialEnd(from: Channel, to: Channel, status: string): void {
    this.#tellNow('DialEnd', [...snapshot(from), ...snapshot(to, 'Dest'), ['DialStatus', status]]);
  }

  localBridge(one: Channel, two: Channel): void {
    const [context, exten] = one.place;
    this.#tellNow('LocalBridge', [
      ...snapshot(one, 'LocalOne'),
      ...snapshot(two, 'LocalTwo'),
      ['Context', context],
      ['Exten', exten],
      ['LocalOptimization', 'No'],
    ]);
  }

  bridge(of: Channel): Bridge {
    const bridge = { id: uuidv5(`${of.uniqueid} ${this.#bridges++}`, BRIDGES), channels: 0 };
    this.#tellNow('BridgeCreate', bridgeFields(bridge));
    return bridge;
  }

  enter(bridge: Bridge, channel: Channel, swapped?: Channel): void {
    bridge.channels += 1;
    const swap: readonly Field[] = swapped === undefined ? [] : [['SwapUniqueid', swapped.uniqueid]];
    this.#tellNow('BridgeEnter', [...bridgeFields(bridge), ...snapshot(channel), ...swap]);
  }

  leave(bridge: Bridge, channel: Channel): void {
    bridge.channels -= 1;
    this.#tellNow('BridgeLeave', [...bridgeFields(bridge), ...snapshot(channel)]);
  }

  destroy(bridge: Bridge): void {
    this.#tellNow('BridgeDestroy', bridgeFields(bridge));
  }

  hold(channel: Channel): void {
    this.#tellNow('Hold', [...snapshot(channel), ['MusicClass', 'default']]);
  }

  unhold(channel: Channel): void {
    this.#tellNow('Unhold', snapshot(channel));
  }

  blindTransfer(transferer: Channel, transferee: Channel, bridge: Bridge, extension: string): void {
    this.#tellNow('BlindTransfer', [
      ['Result', 'Success'],
      ...snapshot(transferer, 'Transferer'),
      ...snapshot(transferee, 'Transferee'),
      ...bridgeFields(bridge),
      ['IsExternal', 'No'],
      ['Context', 'from-internal-xfer'],
      ['Extension', extension],
    ]);
  }

  attendedTransfer(
    first: { readonly transferer: Channel; readonly bridge: Bridge; readonly transferee: Channel },
    second: { readonly transferer: Channel; readonly bridge: Bridge; readonly target: Channel },
  ): void {
    this.#tellNow('AttendedTransfer', [
      ['Result', 'Success'],
      ...snapshot(first.transferer, 'OrigTransferer'),
      ...bridgeFields(first.bridge, 'Orig'),
      ...snapshot(second.transferer, 'SecondTransferer'),
      ...bridgeFields(second.bridge, 'Second'),
      ...snapshot(first.transferee, 'Transferee'),
      ...snapshot(second.target, 'TransferTarget'),
      ['IsExternal', 'No'],
      ['DestType', 'Bridge'],
      ['DestBridgeUniqueid', second.bridge.id],
    ]);
  }

  messageWaiting(channel: Channel, mailbox: string): void {
    const count: readonly Field[] = [
      ['Waiting', '1'],
      ['New', '1'],
      ['Old', '0'],
    ];
    for (const context of ['default', 'device']) {
      this.#tellNow('MessageWaiting', [...snapshot(channel), ['Mailbox', `${mailbox}@${context}`], ...count]);
    }
  }

  /** `event`: one of those that an account with `agent` is told; `member`: who is called, by which channel. */
  queue(event: string, caller: Channel, member: { readonly channel: Channel } | null, more: readonly Field[]): void {
    const fields = member === null ? [] : snapshot(member.channel, 'Dest');
    this.#tell(this.#now(), event, [...snapshot(caller), ...fields, ...more], 'agent,all');
  }

  /** `cause` as in Q.850; of a call that the other side refused also what SIP said. */
  hangupRequest(channel: Channel, cause: number, sip?: number): void {
    this.#tellNow('HangupRequest', [...snapshot(channel), ['Cause', String(cause)], ...techCause(sip)]);
  }

  softHangup(channel: Channel, sip?: number): void {
    this.#tellNow('SoftHangupRequest', [...snapshot(channel), ['Cause', '16'], ...techCause(sip)]);
  }

  hangup(channel: Channel, [cause, text]: Cause, sip?: number): void {
    const said: readonly Field[] = [
      ['Cause', String(cause)],
      ['Cause-txt', text],
    ];
    this.#tellNow('Hangup', [...snapshot(channel), ...said, ...techCause(sip)]);
  }

  /** The call detail record of a channel and whom it dialled; the PBX's zone is UTC. */
  cdr(channel: Channel, record: CallRecord): void {
    const endedAt = record.endedAt ?? this.#now();
    const startedAt = record.startedAt ?? channel.openedAt;
    const answeredAt = record.answeredAt === undefined ? channel.answeredAt : record.answeredAt;
    const name = channel.callerName === UNKNOWN ? '' : channel.callerName;
    this.#tell(
      this.#now(),
      'Cdr',
      [
        ['AccountCode', ''],
        ['Source', channel.number],
        ['Destination', record.to[1]],
        ['DestinationContext', record.to[0]],
        ['CallerID', `"${name}" <${channel.number}>`],
        ['Channel', channel.name],
        ['DestinationChannel', record.dialled?.name ?? ''],
        ['LastApplication', record.application],
        ['LastData', record.data.slice(0, MAX_LAST_DATA)],
        ['StartTime', localTime(startedAt)],
        ['AnswerTime', answeredAt === null ? '' : localTime(answeredAt)],
        ['EndTime', localTime(endedAt)],
        ['Duration', wholeSeconds(startedAt, endedAt)],
        ['BillableSeconds', answeredAt === null ? '0' : wholeSeconds(answeredAt, endedAt)],
        ['Disposition', record.disposition],
        ['AMAFlags', 'DOCUMENTATION'],
        ['UniqueID', channel.uniqueid],
        ['UserField', ''],
      ],
      'cdr,all',
    );
  }

  #tellNow(event: string, fields: readonly Field[]): void {
    this.#tell(this.#now(), event, fields);
  }

  #tell(at: Micros, event: string, fields: readonly Field[], privilege = 'call,all'): void {
    let text = `Event: ${event}\r\nPrivilege: ${privilege}\r\nTimestamp: ${toSeconds(at)}\r\n`;
    for (const [key, value] of fields) text += `${key}: ${value}\r\n`;
    this.#say({ at, text: `${text}\r\n` });
  }
}

/** What a call detail record says besides its channel; the times are the channel's where none are given. */
export type CallRecord = {
  readonly to: readonly [context: string, exten: string];
  readonly dialled: Channel | null;
  readonly application: string;
  readonly data: string;
  readonly disposition: 'ANSWERED' | 'NO ANSWER' | 'BUSY' | 'FAILED';
  readonly startedAt?: Micros;
  readonly answeredAt?: Micros | null;
  readonly endedAt?: Micros;
};

function techCause(sip: number | undefined): readonly Field[] {
  return sip === undefined ? [] : [['TechCause', String(sip)]];
}

function localTime(at: Micros): string {
  return new Date(Math.floor(at / 1000)).toISOString().slice(0, 19).replace('T', ' ');
}

function wholeSeconds(from: Micros, to: Micros): string {
  return String(Math.max(0, Math.floor((to - from) / 1_000_000)));
}
