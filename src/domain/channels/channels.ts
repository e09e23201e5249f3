/** Facts of a group → what is known of each of its channels. */
import { LISTENER_FACT_TYPES } from '../events.ts';
import { type ChannelView, type Fact, viewIn } from '../facts/fact.ts';
import { channelsMeant } from '../facts/grouping.ts';
import { placeOf } from '../facts/hearing.ts';
import type { Micros } from '../time.ts';
import { byAge } from './age.ts';
import { type Channel, type Lasting, newChannel } from './channel.ts';
import { parseChannelName } from './channelName.ts';
import { openingOf, STATE, withWhatCame } from './opening.ts';

/** What Asterisk says in a SoftHangupRequest when it shuts down (AST_SOFTHANGUP_SHUTDOWN). */
const SHUTDOWN_FLAG = 4;

/** The channels of a group by uniqueid, oldest first. `facts` in order. */
export function channelsOf(facts: readonly Fact[]): ReadonlyMap<string, Channel> {
  const channels = new Map<string, Channel>();
  for (const fact of facts) {
    if (fact.type === LISTENER_FACT_TYPES.callGivenUp) continue;
    for (const view of channelsMeant(fact)) see(channelIn(channels, view.uniqueid, fact), view, fact);
    apply(fact, channels);
  }
  const ages = byAge(channels);
  return new Map([...channels].sort(([a], [b]) => ages(a, b)));
}

function channelIn(channels: Map<string, Channel>, uniqueid: string, { clockOffset }: Fact): Channel {
  const known = channels.get(uniqueid);
  if (known) return known;
  const channel = newChannel(uniqueid, clockOffset);
  channels.set(uniqueid, channel);
  return channel;
}

// ── what every fact shows of the channels in it ──────────────────────────────────────────────────────────────────

function see(channel: Channel, view: ChannelView, fact: Fact): void {
  add(channel.linkedids, view.linkedid);
  if (view.name !== null && channel.name === null) {
    channel.name = view.name;
    channel.parsed = parseChannelName(view.name);
  }
  if (fact.record !== null) return;
  channel.lastHeard = placeOf(fact);
  add(channel.callerNumbers, view.callerNumber);
  add(channel.connectedNumbers, view.connectedNumber);
  add(channel.contexts, view.context);
  add(channel.states, view.state);
  if (channel.opening) {
    channel.opening = withWhatCame(channel.opening, view);
    channel.wasHeardAgain = true;
  }
  if (view.state === STATE.up) {
    channel.isUp = true;
    add(channel.upContexts, view.context);
  }
  if (view.role === 'subject') {
    sight(channel, view, fact);
    if (QUEUEING.has(fact.type)) add(channel.toldQueues, fact.queue);
  }
}

/** Facts of a caller's wait in a queue. */
const QUEUEING: ReadonlySet<string> = new Set([
  'QueueCallerJoined',
  'QueueCallerLeft',
  'QueueCallerAbandoned',
  'AgentCalled',
  'AgentConnected',
  'AgentCompleted',
  'AgentRangWithoutAnswer',
]);

function sight({ sightings, hangup }: Channel, { context, exten, state }: ChannelView, { at, type }: Fact): void {
  // who has hung up is nowhere, whatever is said again
  if (context === null || hangup) return;
  const last = sightings.at(-1);
  if (last?.context === context && last.exten === exten) last.to = at;
  else sightings.push({ context, exten, from: at, to: at, isArrival: isArrival(type, state) });
}

/** Whoever opens, or is picked up by a step of the dialplan, has just come there; so has who joins a queue. */
function isArrival(type: string, state: number | null): boolean {
  return (
    type === 'ChannelOpened' || type === 'QueueCallerJoined' || (type === 'ChannelStateChanged' && state === STATE.up)
  );
}

function add<T>(seen: Set<T>, value: T | null): void {
  if (value !== null) seen.add(value);
}

// ── what a fact of one type says beside that ─────────────────────────────────────────────────────────────────────

type Change = (channel: Channel, fact: Fact, view: ChannelView) => void;

/** By type of fact: the channel that it says something of, and what changes. */
const CHANGES: ReadonlyMap<string, readonly ['subject' | 'dest' | 'parkee', Change]> = new Map(
  Object.entries<readonly ['subject' | 'dest' | 'parkee', Change]>({
    ChannelOpened: ['subject', open],
    ChannelSeen: ['subject', list],
    ChannelStateChanged: ['subject', changeState],
    CallerIdChanged: ['subject', present],
    DialBegan: ['dest', dial],
    DialProgressed: ['dest', dial],
    DialEnded: ['dest', dial],
    AgentCalled: ['dest', callFromQueue],
    HangupRequested: ['subject', requestHangup],
    QueueCallerJoined: ['subject', joinQueue],
    QueueCallerLeft: ['subject', endWait],
    QueueCallerAbandoned: ['subject', leaveQueue],
    CallParked: ['parkee', park],
    CallUnparked: ['parkee', ({ parkings }, { at }) => end(parkings, at)],
    ParkedCallGivenUp: ['parkee', ({ parkings }, { at }) => end(parkings, at)],
    ParkedCallTimedOut: ['parkee', ({ parkings }, { at }) => end(parkings, at)],
    ConferenceJoined: ['subject', joinConference],
    ConferenceLeft: ['subject', ({ conferences }, { at }) => end(conferences, at)],
    SoftHangupRequested: ['subject', shutDown],
    CallHungUp: ['subject', hangUp],
    CallHeld: ['subject', hold],
    CallResumed: ['subject', resume],
    VoicemailLeft: ['subject', leaveMessage],
    CallDetailRecorded: ['subject', record],
  }),
);

function apply(fact: Fact, channels: ReadonlyMap<string, Channel>): void {
  const [role, change] = CHANGES.get(fact.type) ?? [];
  const view = role && viewIn(fact, role);
  const channel = view && channels.get(view.uniqueid);
  if (channel) change?.(channel, fact, view);
}

function open(channel: Channel, fact: Fact, view: ChannelView): void {
  if (channel.opening) return;
  channel.opening = openingOf(fact, view);
  if (view.state === STATE.up) channel.upAt ??= fact.at;
}

/** Bits 6 and 7 of Q.931's octet 3a: 01 is prohibited. */
const PRESENTATION = { mask: 0x60, prohibited: 0x20 } as const;

/** Once asked for is asked for: FreePBX allows it again in the next breath. */
function present(channel: Channel, { presentation }: Fact): void {
  if (presentation !== null && (presentation & PRESENTATION.mask) === PRESENTATION.prohibited) {
    channel.isPresentationProhibited = true;
  }
}

/** Applications that a channel has that was called by another one. */
const CALLED: ReadonlySet<string | null> = new Set(['AppDial', 'AppDial2', 'AppQueue']);

/** A call that began unheard: neither when it was answered nor who rang before is told. */
function list(channel: Channel, fact: Fact, { state, callerNumber }: ChannelView): void {
  if (channel.opening || channel.listed) return;
  channel.listed = fact.listed;
  if (CALLED.has(fact.listed?.application ?? null)) {
    channel.dialling ??= { at: null, by: null, dialString: null, number: callerNumber, endedAt: null, status: null };
  }
  if (state === STATE.ringing) ring(channel, fact);
}

function changeState(channel: Channel, fact: Fact, { state }: ChannelView): void {
  if (state === STATE.up) channel.upAt ??= fact.at;
  if (state === STATE.ringing) ring(channel, fact);
  if (state === STATE.ring) channel.becameRing = true;
}

function dial(dialled: Channel, fact: Fact, view: ChannelView): void {
  dialled.dialling ??= {
    at: fact.type === 'DialBegan' ? fact.at : null,
    by: viewIn(fact, 'subject')?.uniqueid ?? null,
    dialString: fact.dialString,
    number: view.callerNumber,
    endedAt: null,
    status: null,
  };
  if (fact.type === 'DialEnded') {
    dialled.dialling.endedAt ??= fact.at;
    dialled.dialling.status ??= fact.dialStatus;
  }
  if (fact.dialStatus === 'RINGING' || view.state === STATE.ringing) ring(dialled, fact);
}

function callFromQueue(channel: Channel, fact: Fact): void {
  channel.queue ??= viewIn(fact, 'subject')?.exten ?? null;
}

function ring(channel: Channel, fact: Fact): void {
  channel.rang ??= placeOf(fact);
}

function requestHangup(channel: Channel): void {
  channel.hangupRequested = true;
}

function joinQueue({ waits, hangup }: Channel, { at, queue }: Fact): void {
  const last = waits.at(-1);
  const isThere = last?.queue === queue && last?.to === null;
  if (queue !== null && !hangup && !isThere) waits.push({ queue, from: at, to: null });
}

function park({ parkings, hangup }: Channel, { at }: Fact): void {
  if (!hangup) begin(parkings, at);
}

function joinConference({ conferences, hangup }: Channel, { at }: Fact): void {
  if (!hangup) begin(conferences, at);
}

function endWait({ waits }: Channel, { at }: Fact): void {
  end(waits, at);
}

function leaveQueue(channel: Channel, fact: Fact, { context, exten }: ChannelView): void {
  channel.leftQueue = { at: fact.at, where: { context, exten } };
  endWait(channel, fact);
}

function begin(all: Lasting[], at: Micros | null): void {
  if (all.at(-1)?.to !== null) all.push({ from: at, to: null });
}

function end(all: readonly Lasting[], at: Micros | null): void {
  const last = all.at(-1);
  if (last && last.to === null) last.to = at;
}

function shutDown(channel: Channel, { cause }: Fact): void {
  if (cause === SHUTDOWN_FLAG) channel.shutDown = true;
}

function hangUp(channel: Channel, { at, cause, techCause }: Fact, { context, exten }: ChannelView): void {
  channel.hangup ??= { at, cause, techCause, where: { context, exten } };
}

function hold({ holds, hangup }: Channel, { at }: Fact): void {
  if (!hangup) begin(holds, at);
}

function resume({ holds }: Channel, { at }: Fact): void {
  end(holds, at);
}

function leaveMessage(channel: Channel): void {
  channel.messageLeft = true;
}

function record({ records }: Channel, fact: Fact): void {
  const { receivedAt, at, clockOffset } = fact;
  if (fact.record) records.push({ ...fact.record, receivedAt, at, clockOffset });
}
