/** What is known of one channel of a group. */
import { parseCallId } from '../callId.ts';
import type { Listed } from '../facts/fact.ts';
import type { Place } from '../facts/hearing.ts';
import type { Micros } from '../time.ts';
import type { ChannelName } from './channelName.ts';
import { type Opening, STATE } from './opening.ts';
import type { Recorded } from './recordTimes.ts';

/** Somebody, or the PBX itself, had this channel called. */
export type Dialling = {
  at: Micros | null;
  readonly by: string | null;
  readonly dialString: string | null;
  readonly number: string | null;
  endedAt: Micros | null;
  /** how it ended: AMI's DialStatus */
  status: string | null;
};

export type Hangup = {
  readonly at: Micros | null;
  readonly cause: number | null;
  readonly techCause: number | null;
  /** where in the dialplan it was then */
  readonly where: Step;
};

/** A step of the dialplan. */
export type Step = { readonly context: string | null; readonly exten: string | null };

/** A step in which a channel was seen again and again, and in no other meanwhile. */
export type Sighting = Step & {
  readonly context: string;
  /** when it was seen there first, and last */
  readonly from: Micros | null;
  to: Micros | null;
  /** the first fact of it tells when it came there: others say only that it was there */
  readonly isArrival: boolean;
};

/** From when to when something lasted that was heard to begin; `to` null: it was not heard to end. */
export type Lasting = { readonly from: Micros | null; to: Micros | null };
/** A wait in a queue that the PBX has told of. */
export type Wait = Lasting & { readonly queue: string };

export type Channel = {
  readonly uniqueid: string;
  /** what the PBX's clock showed more than ours when it was first heard of, in microseconds */
  readonly clockOffset: number;
  name: string | null;
  parsed: ChannelName | null;
  opening: Opening | null;
  /** after its opening something else was said of it */
  wasHeardAgain: boolean;
  /** whoever is at its other end does not want to be shown, as far as the PBX says it */
  isPresentationProhibited: boolean;
  /** what a list of channels told of it first */
  listed: Listed | null;
  /** the last fact that spoke of it, null: only call records did */
  lastHeard: Place | null;
  readonly linkedids: Set<string>;
  readonly contexts: Set<string>;
  readonly states: Set<number>;
  /** a Newstate of its own said Ring; what other facts show of it can be another's while a transfer swaps the two */
  becameRing: boolean;
  /** contexts in which it was Up, in order */
  readonly upContexts: Set<string>;
  /** in order; of steps that no fact shows nothing is known */
  readonly sightings: Sighting[];
  readonly callerNumbers: Set<string>;
  readonly connectedNumbers: Set<string>;
  upAt: Micros | null;
  isUp: boolean;
  /** the first fact that showed it ringing */
  rang: Place | null;
  dialling: Dialling | null;
  /** the exten of the queue that called it */
  queue: string | null;
  /** the queues in which it waited, as the PBX says it to who may hear of queues */
  readonly toldQueues: Set<string>;
  readonly waits: Wait[];
  readonly parkings: Lasting[];
  readonly conferences: Lasting[];
  hangupRequested: boolean;
  /** when, and from where, the PBX said that it left a queue before anybody answered */
  leftQueue: { readonly at: Micros | null; readonly where: Step } | null;
  shutDown: boolean;
  hangup: Hangup | null;
  readonly holds: Lasting[];
  messageLeft: boolean;
  readonly records: Recorded[];
};

/** A channel of which nothing has been heard yet. */
export function newChannel(uniqueid: string, clockOffset: number): Channel {
  return {
    uniqueid,
    clockOffset,
    name: null,
    parsed: null,
    opening: null,
    wasHeardAgain: false,
    isPresentationProhibited: false,
    listed: null,
    lastHeard: null,
    linkedids: new Set(),
    contexts: new Set(),
    states: new Set(),
    becameRing: false,
    upContexts: new Set(),
    sightings: [],
    callerNumbers: new Set(),
    connectedNumbers: new Set(),
    upAt: null,
    isUp: false,
    rang: null,
    dialling: null,
    queue: null,
    toldQueues: new Set(),
    waits: [],
    parkings: [],
    conferences: [],
    hangupRequested: false,
    leftQueue: null,
    shutDown: false,
    hangup: null,
    holds: [],
    messageLeft: false,
    records: [],
  };
}

/** When the channel began: its Newchannel, else the second in its uniqueid. */
export function beganAt(channel: Channel): Micros | null {
  return channel.opening?.at ?? secondIn(channel.uniqueid, channel);
}

/** The second in the id of a channel that was opened when `beside` was heard of, by our clock. */
export function secondIn(uniqueid: string, beside: Channel): Micros | null {
  const second = secondOf(uniqueid);
  return second === null ? null : ((second - beside.clockOffset) as Micros);
}

/** What a channel that called was opened for; of one that was there before us, what a list of channels says. */
export function dialledOn({ opening, listed }: Channel): string | null {
  return opening ? opening.exten : (listed?.dialled ?? null);
}

/** By the PBX's clock. */
export function secondOf(callId: string): Micros | null {
  const parsed = parseCallId(callId);
  return parsed ? ((parsed.second * 1_000_000) as Micros) : null;
}

/** The phone or trunk that it leads to. */
export function endpointOf(channel: Channel): string {
  return channel.parsed?.endpoint ?? '';
}

/** The call that it was opened for. */
export function linkedidAtOpening({ opening, linkedids }: Channel): string | null {
  return opening?.linkedid ?? [...linkedids][0] ?? null;
}

type Origin = { readonly cameIn: boolean; readonly rule: string };

/**
 * Whether a trunk's channel came in or was dialled: the state in which it opened, or that it became Ring later (chan_sip
 * opens every channel as Down, and only one that came in becomes Ring); of one whose opening was not heard what its
 * later states, the dialling, the list of channels, its Linkedid and the call records tell, in this order. That it dials proves nothing: so does
 * a called one that is transferred.
 */
export function originOf(channel: Channel): Origin {
  const state = channel.opening?.state;
  if (state === STATE.ring) return { cameIn: true, rule: 'opened_ringing_in' };
  if (channel.becameRing) return { cameIn: true, rule: 'became_ringing_in' };
  if (state === STATE.down) return { cameIn: false, rule: 'opened_to_be_dialled' };
  if (channel.states.has(STATE.ring)) return { cameIn: true, rule: 'was_ringing_in' };
  if (channel.dialling || channel.states.has(STATE.ringing)) return { cameIn: false, rule: 'was_dialled' };
  if (channel.listed?.dialled != null) return { cameIn: true, rule: 'listed_as_caller' };
  if (channel.linkedids.has(channel.uniqueid)) return { cameIn: true, rule: 'call_has_its_id' };
  if (channel.linkedids.size > 0) return { cameIn: false, rule: 'call_has_anothers_id' };
  if (channel.records.length > 0) return { cameIn: true, rule: 'has_call_records' };
  return { cameIn: false, rule: 'nothing_else_told' };
}
