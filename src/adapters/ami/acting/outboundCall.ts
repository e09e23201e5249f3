import { BUSY, CANCELLED, type Channel, CONGESTED, type Place, UNKNOWN } from './channel.ts';
import type { Act } from './ringing.ts';
import type { OutboundScene } from './scene.ts';
import type { CallRecord, Stage } from './stage.ts';
import { connect, converse, partWith } from './talking.ts';

/** Somebody at a phone rings a number outside. */
export function* outbound(stage: Stage, scene: OutboundScene): Act {
  const { from, dialled, trunk, shown, ringSeconds, end } = scene;
  const phone = stage.open(from.extension, {
    state: 4,
    place: ['from-internal', dialled],
    number: from.extension,
    callerName: from.name,
  });
  phone.place = ['macro-outbound-callerid', 's', 30];
  stage.callerId(phone, shown, UNKNOWN);
  phone.place = ['macro-dialout-trunk', 's', 25];
  stage.connectedLine(phone, dialled, `CID:${shown}`);
  const outside = dialOut(stage, phone, { trunk, shown, dialled });
  const record = (disposition: CallRecord['disposition']): CallRecord => ({
    to: ['from-internal', dialled],
    dialled: outside,
    application: 'Dial',
    data: `PJSIP/${dialled}@${trunk},300,Tb(func-apply-sipheaders^s^1,(1))`,
    disposition,
  });
  if (end.kind === 'answered' || end.kind === 'no_answer') {
    yield 0.4;
    stage.state(outside, 5);
    stage.dialRings(phone, outside);
  }
  yield ringSeconds;
  switch (end.kind) {
    case 'answered': {
      stage.answer(outside);
      outside.place = ['from-pstn', ''];
      stage.dialEnd(phone, outside, 'ANSWER');
      stage.answer(phone);
      const connection = yield* converse(stage, connect(stage, phone, outside), phone, end.talk);
      return partWith(stage, connection, end.talk.hungUpBy === 'inside' ? 'dialler' : 'dialled', record('ANSWERED'));
    }
    case 'no_answer':
      stage.hangupRequest(phone, 127, 487);
      stage.dialEnd(phone, outside, 'CANCEL');
      stage.cdr(phone, record('NO ANSWER'));
      stage.softHangup(phone, 487);
      stage.hangup(phone, CANCELLED, 487);
      return stage.hangup(outside, CANCELLED, 500);
    case 'busy':
      stage.hangupRequest(outside, 17, 486);
      stage.dialEnd(phone, outside, 'BUSY');
      phone.place = ['macro-dialout-trunk', 's-BUSY', 3];
      stage.state(phone, 7);
      stage.hangup(outside, BUSY, 486);
      stage.cdr(phone, record('BUSY'));
      return yield* hearTone(stage, phone, BUSY, 486);
    case 'failed':
      stage.hangupRequest(outside, 34, 503);
      stage.dialEnd(phone, outside, 'CONGESTION');
      stage.hangup(outside, CONGESTED, 503);
      phone.place = ['macro-dialout-trunk', 'continue', 2];
      stage.callerId(phone, from.extension, UNKNOWN);
      phone.place = ['macro-outisbusy', 's', 5];
      stage.state(phone, 7);
      stage.cdr(phone, record('FAILED'));
      return yield* hearTone(stage, phone, CONGESTED, 503);
  }
}

function dialOut(
  stage: Stage,
  phone: Channel,
  { trunk, shown, dialled }: Pick<OutboundScene, 'trunk' | 'shown' | 'dialled'>,
): Channel {
  const outside = stage.open(trunk, { state: 0, place: ['from-pstn', 's'], of: phone });
  const place: Place = ['from-pstn', dialled];
  outside.place = place;
  outside.connectedNumber = shown;
  stage.callerId(outside, dialled, `CID:${shown}`);
  stage.connectedLine(outside, shown, UNKNOWN);
  phone.place = ['trunk-dial-with-exten', dialled];
  outside.place = ['func-apply-sipheaders', 's', 10];
  stage.dialBegin(phone, outside, `${dialled}@${trunk}`);
  outside.place = place;
  return outside;
}

/** The phone plays the tone of a call that did not come about, until it is put down. */
function* hearTone(stage: Stage, phone: Channel, cause: typeof BUSY, sip: number): Act {
  yield 0.3;
  stage.hangupRequest(phone, cause[0], sip);
  stage.softHangup(phone, sip);
  stage.hangup(phone, cause, sip);
}
