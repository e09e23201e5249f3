/** Facts of a group → what is known of each of its channels. */
import { compareCallIds, parseCallId } from '../callId.ts';
import { LISTENER_FACT_TYPES } from '../events.ts';
import type { CallRecord, ChannelView, Fact } from '../facts/fact.ts';
import { channelsMeant } from '../facts/grouping.ts';
import type { Micros } from '../time.ts';
import { type ChannelName, parseChannelName } from './channelName.ts';

export type Opening = {
  readonly at: Micros | null;
  readonly state: number | null;
  readonly linkedid: string | null;
  readonly context: string | null;
  readonly exten: string | null;
  readonly callerNumber: string | null;
  readonly callerName: string | null;
};

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

export type Hangup = { readonly at: Micros | null; readonly cause: number | null; readonly techCause: number | null };

export type Recorded = CallRecord & { readonly at: Micros | null };

export type Channel = {
  readonly uniqueid: string;
  name: string | null;
  parsed: ChannelName | null;
  opening: Opening | null;
  /** the last fact that spoke of it, null: only call records did */
  lastHeard: { readonly session: number; readonly seq: number } | null;
  readonly linkedids: Set<string>;
  readonly contexts: Set<string>;
  readonly states: Set<number>;
  /** a Newstate of its own said Ring; what other facts show of it can be another's while a transfer swaps the two */
  becameRing: boolean;
  /** contexts in which it was Up, in order */
  readonly upContexts: Set<string>;
  readonly callerNumbers: Set<string>;
  readonly connectedNumbers: Set<string>;
  upAt: Micros | null;
  isUp: boolean;
  rangAt: Micros | null;
  rang: boolean;
  dialling: Dialling | null;
  hangupRequested: boolean;
  shutDown: boolean;
  hangup: Hangup | null;
  readonly holds: { from: Micros | null; to: Micros | null }[];
  messageLeft: boolean;
  readonly records: Recorded[];
};

export const STATE = { down: 0, ring: 4, ringing: 5, up: 6 } as const;
/** What Asterisk says in a SoftHangupRequest when it shuts down (AST_SOFTHANGUP_SHUTDOWN). */
const SHUTDOWN_FLAG = 4;

/** The channels of a group by uniqueid, oldest first. `facts` in order. */
export function channelsOf(facts: readonly Fact[]): ReadonlyMap<string, Channel> {
  const channels = new Map<string, Channel>();
  for (const fact of facts) {
    if (fact.type === LISTENER_FACT_TYPES.callGivenUp) continue;
    for (const view of channelsMeant(fact)) see(channelOf(channels, view.uniqueid), view, fact);
    apply(fact, channels);
  }
  return new Map([...channels].sort(([a], [b]) => compareCallIds(a, b)));
}

/** When the channel began: its Newchannel, else the second in its uniqueid. */
export function beganAt(channel: Channel): Micros | null {
  return channel.opening?.at ?? secondOf(channel.uniqueid);
}

export function secondOf(callId: string): Micros | null {
  const parsed = parseCallId(callId);
  return parsed ? ((parsed.second * 1_000_000) as Micros) : null;
}

function channelOf(channels: Map<string, Channel>, uniqueid: string): Channel {
  const known = channels.get(uniqueid);
  if (known) return known;
  const channel: Channel = {
    uniqueid,
    name: null,
    parsed: null,
    opening: null,
    lastHeard: null,
    linkedids: new Set(),
    contexts: new Set(),
    states: new Set(),
    becameRing: false,
    upContexts: new Set(),
    callerNumbers: new Set(),
    connectedNumbers: new Set(),
    upAt: null,
    isUp: false,
    rangAt: null,
    rang: false,
    dialling: null,
    hangupRequested: false,
    shutDown: false,
    hangup: null,
    holds: [],
    messageLeft: false,
    records: [],
  };
  channels.set(uniqueid, channel);
  return channel;
}

function see(channel: Channel, view: ChannelView, fact: Fact): void {
  if (view.linkedid !== null) channel.linkedids.add(view.linkedid);
  if (view.name !== null && channel.name === null) {
    channel.name = view.name;
    channel.parsed = parseChannelName(view.name);
  }
  if (fact.record !== null) return;
  channel.lastHeard = { session: fact.session, seq: fact.seq };
  if (view.callerNumber !== null) channel.callerNumbers.add(view.callerNumber);
  if (view.connectedNumber !== null) channel.connectedNumbers.add(view.connectedNumber);
  if (view.context !== null) channel.contexts.add(view.context);
  if (view.state !== null) channel.states.add(view.state);
  if (view.state === STATE.up) {
    channel.isUp = true;
    if (view.context !== null) channel.upContexts.add(view.context);
  }
}

function apply(fact: Fact, channels: Map<string, Channel>): void {
  const subject = find(fact, 'subject', channels);
  const dest = find(fact, 'dest', channels);
  switch (fact.type) {
    case 'ChannelOpened':
      if (subject) open(subject, fact);
      break;
    case 'ChannelStateChanged':
      if (subject && stateOf(fact, 'subject') === STATE.up) subject.upAt ??= fact.at;
      if (subject && stateOf(fact, 'subject') === STATE.ringing) ring(subject, fact);
      if (subject && stateOf(fact, 'subject') === STATE.ring) subject.becameRing = true;
      break;
    case 'DialBegan':
    case 'DialProgressed':
    case 'DialEnded':
      if (dest) dial(dest, subject, fact);
      break;
    case 'HangupRequested':
      if (subject) subject.hangupRequested = true;
      break;
    case 'SoftHangupRequested':
      if (subject && fact.cause === SHUTDOWN_FLAG) subject.shutDown = true;
      break;
    case 'CallHungUp':
      if (subject) subject.hangup ??= { at: fact.at, cause: fact.cause, techCause: fact.techCause };
      break;
    case 'CallHeld':
      if (subject && !subject.hangup) hold(subject, fact.at);
      break;
    case 'CallResumed':
      if (subject) resume(subject, fact.at);
      break;
    case 'VoicemailLeft':
      if (subject) subject.messageLeft = true;
      break;
    case 'CallDetailRecorded':
      if (subject && fact.record) subject.records.push({ ...fact.record, at: fact.at });
      break;
  }
}

function find(fact: Fact, role: 'subject' | 'dest', channels: Map<string, Channel>): Channel | undefined {
  const view = fact.channels.find((channel) => channel.role === role);
  return view && channels.get(view.uniqueid);
}

function stateOf(fact: Fact, role: 'subject' | 'dest'): number | null {
  return fact.channels.find((channel) => channel.role === role)?.state ?? null;
}

function open(channel: Channel, fact: Fact): void {
  const view = fact.channels.find(({ role }) => role === 'subject');
  if (!view || channel.opening) return;
  channel.opening = {
    at: fact.at,
    state: view.state,
    linkedid: view.linkedid,
    context: view.context,
    exten: view.exten,
    callerNumber: view.callerNumber,
    callerName: view.callerName,
  };
  if (view.state === STATE.up) channel.upAt ??= fact.at;
}

function ring(channel: Channel, fact: Fact): void {
  channel.rang = true;
  channel.rangAt ??= fact.at;
}

function dial(dest: Channel, by: Channel | undefined, fact: Fact): void {
  const view = fact.channels.find(({ role }) => role === 'dest');
  dest.dialling ??= {
    at: fact.type === 'DialBegan' ? fact.at : null,
    by: by?.uniqueid ?? null,
    dialString: fact.dialString,
    number: view?.callerNumber ?? null,
    endedAt: null,
    status: null,
  };
  if (fact.type === 'DialEnded') {
    dest.dialling.endedAt ??= fact.at;
    dest.dialling.status ??= fact.dialStatus;
  }
  if (fact.dialStatus === 'RINGING' || view?.state === STATE.ringing) ring(dest, fact);
}

function hold({ holds }: Channel, at: Micros | null): void {
  if (holds.at(-1)?.to !== null) holds.push({ from: at, to: null });
}

function resume(channel: Channel, at: Micros | null): void {
  const hold = channel.holds.at(-1);
  if (hold && hold.to === null) hold.to = at;
}

export function earlier(a: Micros | null, b: Micros | null): Micros | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

export function later(a: Micros | null, b: Micros | null): Micros | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
