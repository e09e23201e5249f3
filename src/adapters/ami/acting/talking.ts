import { type Bridge, type Channel, CLEARED } from './channel.ts';
import { type Act, contactOf, pickUp, ring } from './ringing.ts';
import type { Hold, Talk, Transfer } from './scene.ts';
import type { CallRecord, Stage } from './stage.ts';

/** Two who are connected: the channel that dialled, and the one that was dialled. */
export type Connection = { readonly dialler: Channel; readonly dialled: Channel; readonly bridge: Bridge };

/** Connects two channels. */
export function connect(stage: Stage, dialler: Channel, dialled: Channel): Connection {
  const bridge = stage.bridge(dialler);
  stage.enter(bridge, dialled);
  stage.enter(bridge, dialler);
  return { dialler, dialled, bridge };
}

/** They talk; whoever is at the phone `inside` holds and hands on. Returns who is connected at the end. */
export function* converse(stage: Stage, connection: Connection, inside: Channel, talk: Talk): Act<Connection> {
  yield* withHolds(stage, inside, talk);
  if (talk.transfer === null) return connection;
  return yield* handOn(stage, connection, talk.transfer);
}

function* withHolds(stage: Stage, inside: Channel, { seconds, holds }: Talk): Act {
  let left = seconds;
  for (const { after, seconds: held } of holds) {
    yield after;
    stage.hold(inside);
    yield held;
    stage.unhold(inside);
    left -= lengthOf({ after, seconds: held });
  }
  yield Math.max(0, left);
}

const lengthOf = ({ after, seconds }: Hold) => after + seconds;

/** The phone that was dialled hands the dialler on to another one. */
function handOn(stage: Stage, connection: Connection, transfer: Transfer): Act<Connection> {
  return transfer.kind === 'blind' ? blindly(stage, connection, transfer) : afterAsking(stage, connection, transfer);
}

function* blindly(
  stage: Stage,
  { dialler, dialled, bridge }: Connection,
  { to, ringSeconds, talkSeconds }: Transfer & { kind: 'blind' },
): Act<Connection> {
  stage.hold(dialled);
  yield 2;
  stage.unhold(dialled);
  stage.blindTransfer(dialled, dialler, bridge, to.extension);
  stage.leave(bridge, dialled);
  dialler.place = ['from-internal-xfer', to.extension];
  stage.leave(bridge, dialler);
  stage.destroy(bridge);
  stage.hangup(dialled, CLEARED);
  const [target] = yield* ring(stage, { from: dialler, phones: [to], at: ['dialOne-with-exten', to.extension] });
  if (target === undefined) throw new Error('a phone rings');
  yield ringSeconds;
  pickUp(stage, dialler, [target], target);
  const connection = connect(stage, dialler, target);
  yield talkSeconds;
  return connection;
}

function* afterAsking(
  stage: Stage,
  { dialler, dialled, bridge }: Connection,
  { to, ringSeconds, consultSeconds, talkSeconds }: Transfer & { kind: 'attended' },
): Act<Connection> {
  stage.hold(dialled);
  yield 1.5;
  const asking = stage.open(dialled.number, {
    state: 4,
    place: ['from-internal', to.extension],
    number: dialled.number,
    callerName: dialled.callerName,
  });
  asking.place = ['macro-dial-one', 's', 26];
  stage.connectedLine(asking, to.extension, to.name);
  const [target] = yield* ring(stage, { from: asking, phones: [to], at: ['dialOne-with-exten', to.extension] });
  if (target === undefined) throw new Error('a phone rings');
  yield ringSeconds;
  pickUp(stage, asking, [target], target);
  const asked = connect(stage, asking, target);
  yield consultSeconds;
  stage.unhold(dialled);
  stage.unhold(asking);
  stage.leave(bridge, dialler);
  stage.leave(asked.bridge, asking);
  stage.enter(asked.bridge, dialler, asking);
  stage.softHangup(asking);
  stage.attendedTransfer(
    { transferer: dialled, bridge, transferee: dialler },
    { transferer: asking, bridge: asked.bridge, target },
  );
  target.linkedid = dialler.linkedid;
  stage.connectedLine(target, dialler.number, dialler.callerName);
  stage.connectedLine(dialler, to.extension, to.name);
  stage.leave(bridge, dialled);
  stage.destroy(bridge);
  stage.cdr(asking, {
    to: ['from-internal', to.extension],
    dialled: target,
    application: 'Dial',
    data: `PJSIP/${contactOf(to)},15,HhTtrb(func-apply-sipheaders^s^1)`,
    disposition: 'ANSWERED',
  });
  stage.hangup(dialled, CLEARED);
  stage.hangup(asking, CLEARED);
  yield talkSeconds;
  return { dialler, dialled: target, bridge: asked.bridge };
}

/** One of the two hangs up; `record` is what the call detail record says. */
export function partWith(
  stage: Stage,
  { dialler, dialled, bridge }: Connection,
  by: 'dialler' | 'dialled',
  record: CallRecord,
): void {
  const [first, second] = by === 'dialler' ? [dialler, dialled] : [dialled, dialler];
  stage.hangupRequest(first, 16);
  stage.cdr(dialler, record);
  stage.leave(bridge, first);
  stage.softHangup(dialler);
  stage.leave(bridge, second);
  stage.destroy(bridge);
  stage.hangup(dialled, CLEARED);
  stage.hangup(dialler, CLEARED);
}
