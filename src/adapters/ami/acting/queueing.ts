import type { Micros } from '../../../domain/time.ts';
import { type Channel, CLEARED, NO_CAUSE, type Place, UNKNOWN } from './channel.ts';
import { type Act, channelOf, contactOf, pickUp, ring } from './ringing.ts';
import type { End, Phone, Ringing } from './scene.ts';
import type { CallRecord, Stage } from './stage.ts';
import { connect, converse } from './talking.ts';
import { leaveMessage } from './voicemail.ts';

type Queued = {
  readonly outside: Channel;
  readonly did: string;
  readonly number: string;
  readonly tries: readonly Ringing[];
  readonly end: End;
};

/** One of its phones that rings for the queue: the two halves of the Local channel between, and the phone itself. */
type Rung = {
  readonly ringing: Ringing;
  readonly phone: Phone;
  readonly one: Channel;
  readonly two: Channel;
  readonly channels: readonly Channel[];
};

/** A queue waits so long before it tries the next phone. */
const RETRY_SECONDS = 2;

/** The caller waits with music while one phone after the other rings. */
export function* queue(stage: Stage, { outside, did, number, tries, end }: Queued): Act {
  outside.place = ['ext-queues', number, 2];
  if (outside.state !== 6) stage.answer(outside);
  outside.place = ['ext-queues', number, 51];
  const joined = [
    ['Queue', number],
    ['Position', '1'],
    ['Count', '1'],
  ] as const;
  stage.queue('QueueCallerJoin', outside, null, joined);
  const joinedAt = outside.answeredAt ?? outside.openedAt;
  const waiting = { outside, did, number };
  for (const [index, ringing] of tries.entries()) {
    const rung = yield* callMember(stage, waiting, ringing);
    const isLast = index === tries.length - 1;
    if (isLast && end.kind === 'answered' && rung !== null) {
      yield* answered(stage, { ...waiting, joinedAt }, rung, end);
      return;
    }
    if (isLast && end.kind === 'given_up') {
      leaveEarly(stage, waiting, rung);
      return;
    }
    if (rung !== null) stopMember(stage, waiting, rung, 'NOANSWER');
    if (!isLast) yield RETRY_SECONDS;
  }
  leaveQueue(stage, waiting, true);
  stage.cdr(outside, recordOf(number, null, 'NO ANSWER'));
  if (end.kind === 'voicemail') {
    yield* leaveMessage(stage, outside, end.voicemail, ['ext-local', `vmu${end.voicemail.mailbox}`]);
    return;
  }
  outside.place = ['app-blackhole', 'hangup', 2];
  stage.softHangup(outside);
  stage.hangup(outside, CLEARED);
}

type Waiting = { readonly outside: Channel; readonly did: string; readonly number: string };

/** Returns the phone that rings at the end; null: none was free. */
function* callMember(stage: Stage, { outside, did, number }: Waiting, ringing: Ringing): Act<Rung | null> {
  const [phone] = ringing.phones;
  if (phone === undefined) {
    yield ringing.seconds;
    return null;
  }
  const [one, two] = stage.openLocal(phone.extension, 'from-queue', outside);
  stage.callerId(one, did, UNKNOWN);
  two.connectedNumber = did;
  stage.callerId(two, outside.number, outside.callerName);
  stage.connectedLine(two, did, UNKNOWN);
  stage.localBridge(one, two);
  stage.queue('AgentCalled', outside, { channel: one }, memberFields(number, phone));
  stage.dialBegin(outside, one, `Local/${phone.extension}@from-queue/n`);
  const at: Place = ['dialOne-with-exten', phone.extension];
  const channels = yield* ring(stage, { from: two, phones: ringing.phones, at });
  one.place = ['from-queue', number];
  stage.state(one, 5);
  stage.connectedLine(one, outside.number, outside.callerName);
  stage.dialRings(outside, one);
  yield ringing.seconds;
  return { ringing, phone, one, two, channels };
}

/** A phone stops, because nobody picked it up (`NOANSWER`) or the caller has left (`CANCEL`). */
function stopMember(stage: Stage, { outside, number }: Waiting, rung: Rung, status: 'NOANSWER' | 'CANCEL'): void {
  const { one, two, channels, phone, ringing } = rung;
  stage.dialEnd(outside, one, status);
  if (status === 'NOANSWER') {
    const rangFor = ['RingTime', String(Math.round(ringing.seconds * 1000))] as const;
    stage.queue('AgentRingNoAnswer', outside, { channel: one }, [...memberFields(number, phone), rangFor]);
  }
  stage.dialEnd(outside, one, 'CANCEL');
  stage.cdr(two, recordOfMember(phone, channels[0], 'NO ANSWER'));
  stage.hangupRequest(two, 0);
  stage.hangup(one, NO_CAUSE);
  for (const channel of channels) stage.dialEnd(two, channel, 'CANCEL');
  stage.softHangup(two);
  stage.hangup(two, NO_CAUSE);
  for (const channel of channels) stage.hangup(channel, CLEARED);
}

/** The caller hangs up while one of the phones rings, or none. */
function leaveEarly(stage: Stage, waiting: Waiting, rung: Rung | null): void {
  const { outside, number } = waiting;
  stage.hangupRequest(outside, 16);
  if (rung !== null) stopMember(stage, waiting, rung, 'CANCEL');
  leaveQueue(stage, waiting, true);
  stage.softHangup(outside);
  stage.cdr(outside, recordOf(number, rung?.one ?? null, 'NO ANSWER'));
  outside.place = ['macro-hangupcall', 's', 3];
  stage.hangup(outside, CLEARED);
}

function leaveQueue(stage: Stage, { outside, number }: Waiting, unanswered: boolean): void {
  const place = [
    ['Queue', number],
    ['Position', '1'],
  ] as const;
  if (unanswered) {
    stage.queue('QueueCallerAbandon', outside, null, [...place, ['OriginalPosition', '1'], ['HoldTime', '0']]);
  }
  stage.queue('QueueCallerLeave', outside, null, [...place, ['Count', '0']]);
}

function* answered(
  stage: Stage,
  waiting: Waiting & { readonly joinedAt: Micros },
  { one, two, channels, phone, ringing }: Rung,
  { by, talk }: End & { kind: 'answered' },
): Act {
  const { outside, number, joinedAt } = waiting;
  const picked = channelOf(by, ringing, channels);
  pickUp(stage, two, channels, picked);
  stage.answer(one);
  stage.dialEnd(outside, one, 'ANSWER');
  leaveQueue(stage, waiting, false);
  const answeredAt = picked.answeredAt ?? joinedAt;
  const held = ['HoldTime', String(Math.floor((answeredAt - joinedAt) / 1_000_000))] as const;
  const rang = ['RingTime', String(Math.floor(ringing.seconds))] as const;
  stage.queue('AgentConnect', outside, { channel: one }, [...memberFields(number, phone), held, rang]);
  const inner = connect(stage, two, picked);
  const outer = connect(stage, outside, one);
  const last = yield* converse(stage, inner, picked, talk);
  const byCaller = talk.hungUpBy === 'outside';
  stage.hangupRequest(byCaller ? outside : last.dialled, 16);
  stage.cdr(two, recordOfMember(phone, last.dialled, 'ANSWERED'));
  stage.cdr(outside, recordOf(number, one, 'ANSWERED'));
  const talked = [
    ['TalkTime', String(Math.floor(talk.seconds))],
    ['Reason', byCaller ? 'caller' : 'agent'],
  ] as const;
  stage.queue('AgentComplete', outside, { channel: one }, [...memberFields(number, phone), held, ...talked]);
  stage.leave(outer.bridge, outside);
  stage.softHangup(outside);
  stage.leave(outer.bridge, one);
  stage.hangupRequest(two, 16);
  stage.hangup(one, CLEARED);
  stage.leave(last.bridge, two);
  stage.softHangup(two);
  stage.hangup(two, CLEARED);
  stage.leave(last.bridge, last.dialled);
  stage.destroy(outer.bridge);
  stage.destroy(last.bridge);
  outside.place = ['macro-hangupcall', 's', 3];
  stage.hangup(outside, CLEARED);
  stage.hangup(last.dialled, CLEARED);
}

function memberFields(queue: string, { extension, name }: Phone) {
  return [
    ['Queue', queue],
    ['Interface', `Local/${extension}@from-queue/n`],
    ['MemberName', name],
  ] as const;
}

function recordOf(queue: string, one: Channel | null, disposition: CallRecord['disposition']): CallRecord {
  return { to: ['ext-queues', queue], dialled: one, application: 'Queue', data: `${queue},t,,,90,,,,,`, disposition };
}

function recordOfMember(
  phone: Phone,
  channel: Channel | undefined,
  disposition: CallRecord['disposition'],
): CallRecord {
  return {
    to: ['from-internal', phone.extension],
    dialled: channel ?? null,
    application: 'Dial',
    data: `PJSIP/${contactOf(phone)},15,HhtrU(macro-auto-blkvm)Ib(func-apply-sipheaders^s^1)`,
    disposition,
  };
}
