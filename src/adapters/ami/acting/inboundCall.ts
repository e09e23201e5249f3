import { CANCELLED, type Channel, CLEARED, type Place } from './channel.ts';
import { queue } from './queueing.ts';
import { type Act, channelOf, contactOf, letRingOut, pickUp, ring, stopRinging } from './ringing.ts';
import type { End, InboundScene, Ringing } from './scene.ts';
import type { CallRecord, Stage } from './stage.ts';
import { connect, converse, partWith } from './talking.ts';
import { leaveMessage } from './voicemail.ts';

/** How the provider shows a number that is withheld. */
const WITHHELD = { number: 'anonymous', name: 'Anonymous' };

/** Somebody outside rings. */
export function* inbound(stage: Stage, { trunk, did, caller, menuSeconds, to }: InboundScene): Act {
  const { number, name } = caller.number === null ? WITHHELD : { ...caller, number: caller.number };
  const place: Place = ['from-pstn', did];
  const outside = stage.open(trunk, { state: 4, place, number, ...(name === null ? {} : { callerName: name }) });
  if (name === null) {
    outside.place = ['from-pstn', did, 8];
    stage.callerId(outside, number, number);
  }
  if (menuSeconds !== null) {
    outside.place = ['ivr-1', 's', 8];
    stage.answer(outside);
    yield menuSeconds;
  }
  switch (to.kind) {
    case 'none':
      return leave(stage, outside, { to: ['ivr-1', 's'], ...OF_MENU });
    case 'voicemail':
      return yield* leaveMessage(stage, outside, to.voicemail, ['app-daynight', '0']);
    case 'queue':
      return yield* queue(stage, { outside, did, ...to });
    case 'extension': {
      const { ringing, end } = to;
      const exten = ringing.phones[0]?.extension ?? '';
      return yield* phones(stage, outside, {
        ringing,
        end,
        at: ['dialOne-with-exten', exten],
        dialled: ['from-did-direct', exten],
      });
    }
    case 'ring_group': {
      const { number: group, ringing, end } = to;
      return yield* phones(stage, outside, {
        ringing,
        end,
        at: ['dial-with-exten', group],
        dialled: ['ext-group', group],
      });
    }
  }
}

const OF_MENU = {
  dialled: null,
  application: 'BackGround',
  data: 'custom/main-menu',
  disposition: 'ANSWERED',
} as const;

type Dialled = {
  readonly ringing: Ringing;
  readonly end: End;
  /** where the caller is while they ring */
  readonly at: Place;
  /** what the call detail record says was dialled */
  readonly dialled: readonly [context: string, exten: string];
};

function* phones(stage: Stage, outside: Channel, { ringing, end, at, dialled }: Dialled): Act {
  const channels = yield* ring(stage, { from: outside, phones: ringing.phones, at });
  yield ringing.seconds;
  const record = (channel: Channel | undefined, disposition: CallRecord['disposition']): CallRecord => ({
    to: dialled,
    dialled: channel ?? null,
    application: 'Dial',
    data: `${ringing.phones.map((phone) => `PJSIP/${contactOf(phone)}`).join('&')},15,HhtrIb(func-apply-sipheaders^s^1)`,
    disposition,
  });
  switch (end.kind) {
    case 'answered': {
      const picked = channelOf(end.by, ringing, channels);
      pickUp(stage, outside, channels, picked);
      const connection = yield* converse(stage, connect(stage, outside, picked), picked, end.talk);
      const by = end.talk.hungUpBy === 'outside' ? 'dialler' : 'dialled';
      return partWith(stage, connection, by, record(connection.dialled, 'ANSWERED'));
    }
    case 'given_up': {
      const asCancelled = outside.state === 6 ? CLEARED : CANCELLED;
      stage.hangupRequest(outside, asCancelled[0]);
      stopRinging(stage, outside, channels);
      stage.softHangup(outside);
      stage.cdr(outside, { ...record(channels[0], 'NO ANSWER'), answeredAt: null });
      return stage.hangup(outside, asCancelled);
    }
    case 'no_answer':
      letRingOut(stage, outside, channels);
      stage.cdr(outside, { ...record(channels[0], 'NO ANSWER'), answeredAt: null });
      outside.place = ['app-blackhole', 'hangup', 2];
      stage.softHangup(outside);
      return stage.hangup(outside, CLEARED);
    case 'voicemail':
      letRingOut(stage, outside, channels);
      stage.cdr(outside, { ...record(channels[0], 'NO ANSWER'), answeredAt: null });
      return yield* leaveMessage(stage, outside, end.voicemail, dialled);
  }
}

function leave(stage: Stage, outside: Channel, record: CallRecord): void {
  stage.hangupRequest(outside, 16);
  stage.softHangup(outside);
  stage.cdr(outside, record);
  stage.hangup(outside, CLEARED);
}
