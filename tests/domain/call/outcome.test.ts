import * as assert from 'uvu/assert';
import type { Connection } from '../../../src/domain/call/foldGroup.ts';
import { onlyRow, type ScenarioChannel, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the outcome of a call that nobody answered');

/** The connection to a PBX that has just gone down. */
const lost = (pbx: ScenarioPbx): Connection => ({
  pbx: 'pbx',
  session: 0,
  connectedAt: pbx.now(),
  disconnectedAt: pbx.now(),
  lastHeardAt: null,
  pbxWentDown: true,
  reason: null,
});

/** An outbound call whose trunk channel ends with these causes, while the phone hears a busy tone. */
function outbound(cause: number, techCause?: number): ScenarioPbx {
  const pbx = new ScenarioPbx();
  const phone = pbx.phoneDials('101', '6945556677');
  const trunk = pbx.dialsOut('mytrunk', '6945556677', phone);
  pbx.wait(3);
  pbx.hangsUp(trunk, cause, techCause);
  pbx.hangsUp(phone, 17, 486);
  return pbx;
}

const OUTBOUND: readonly [outcome: string, why: string, cause: number, techCause?: number][] = [
  ['busy', 'the other side is busy', 17, 486],
  ['busy', 'the person declines', 21, 603],
  ['failed', 'the provider refuses', 21, 403],
  ['failed', 'there is no such number', 1, 404],
  ['failed', 'the provider has no line', 34, 503],
  ['failed', 'the provider is not reached in time', 3, 408],
  ['missed', 'it rings and nobody answers', 19, 480],
  ['failed', 'the provider refuses for a reason that has no cause', 127, 482],
  ['missed', 'the caller gives up', 127, 487],
  ['missed', 'the caller gives up, and Asterisk says so by a 500 of its own', 127, 500],
  ['missed', 'no cause is given', 0],
];
for (const [outcome, why, ...causes] of OUTBOUND) {
  test(`outbound is ${outcome} when ${why}`, () => {
    assert.is(onlyRow(outbound(...causes)).outcome, outcome);
  });
}

test('outbound is what the dialling ended with, where the trunk was not heard to hang up', () => {
  for (const [outcome, status] of [
    ['busy', 'BUSY'],
    ['failed', 'CONGESTION'],
    ['failed', 'CHANUNAVAIL'],
    ['missed', 'NOANSWER'],
  ] as const) {
    const pbx = new ScenarioPbx();
    const phone = pbx.phoneDials('101', '6945556677');
    const trunk = pbx.dialsOut('mytrunk', '6945556677', phone);
    const dialled = { DestChannel: trunk.name, DestUniqueid: trunk.uniqueid, DestLinkedid: trunk.linkedid };
    pbx.say('DialEnd', { ...pbx.viewOf(phone), ...dialled, DialStatus: status });
    const row = onlyRow(pbx, { connections: [lost(pbx)] });
    assert.equal([row.outcome, row.incomplete], [outcome, ['end_not_heard', 'pbx_went_down']]);
  }
});

test('outbound is decided by the last trunk that was tried', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.phoneDials('101', '86945556677');
  pbx.hangsUp(pbx.dialsOut('voip-gr', '6945556677', phone), 34);
  pbx.hangsUp(pbx.dialsOut('mytrunk', '6945556677', phone), 17);
  pbx.hangsUp(phone, 17);
  const row = onlyRow(pbx);
  assert.equal([row.outcome, row.trunk, row.dialled], ['busy', 'mytrunk', '86945556677']);
});

/** An inbound call that rings at 101 for 15 s. */
function ringing(): { pbx: ScenarioPbx; caller: ScenarioChannel; phone: ScenarioChannel } {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.wait(15);
  return { pbx, caller, phone };
}

test('inbound is missed when the caller gives up while it rings', () => {
  const { pbx, caller, phone } = ringing();
  pbx.asksToHangUp(caller);
  for (const channel of [phone, caller]) pbx.hangsUp(channel, 127);
  const row = onlyRow(pbx);
  assert.equal([row.outcome, row.ring_seconds, row.duration_seconds], ['missed', 15, 0]);
});

test('inbound is busy only when the caller was given busy', () => {
  const busy = ringing();
  for (const channel of [busy.phone, busy.caller]) busy.pbx.hangsUp(channel, 17);
  assert.is(onlyRow(busy.pbx).outcome, 'busy');
  const unreachable = ringing();
  unreachable.pbx.hangsUp(unreachable.phone, 17);
  unreachable.pbx.hangsUp(unreachable.caller, 34);
  assert.is(onlyRow(unreachable.pbx).outcome, 'missed');
});

test('inbound is abandoned when the caller leaves a queue or a menu, missed when the PBX ends it', () => {
  for (const [outcome, isCallersWish] of [
    ['abandoned', true],
    ['missed', false],
  ] as const) {
    const pbx = new ScenarioPbx();
    const caller = pbx.comesIn('PJSIP/mytrunk');
    pbx.answers(caller);
    pbx.wait(20);
    if (isCallersWish) pbx.asksToHangUp(caller);
    pbx.hangsUp(caller);
    assert.is(onlyRow(pbx).outcome, outcome);
  }
});

test('inbound is abandoned where only what the PBX took back as the caller went tells that it gave up', () => {
  for (const [outcome, stays, status] of [
    ['abandoned', 0, 'CANCEL'],
    ['missed', 0, 'NOANSWER'],
    ['missed', 10, 'CANCEL'],
  ] as const) {
    const pbx = new ScenarioPbx();
    const caller = pbx.comesIn('DAHDI/i1/6912345678');
    pbx.answers(caller);
    const half = pbx.localHalf('Local/101@from-queue-00000001;1', caller.linkedid);
    const both = { ...pbx.viewOf(caller), ...dest(pbx.viewOf(half)) };
    pbx.say('DialBegin', both);
    pbx.wait(7);
    pbx.say('DialEnd', { ...both, DialStatus: status });
    pbx.hangsUp(half);
    pbx.wait(stays);
    pbx.hangsUp(caller);
    assert.is(onlyRow(pbx).outcome, outcome);
  }
});

test('inbound is abandoned when the PBX says that the caller has left the queue', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('DAHDI/i1/6912345678');
  pbx.answers(caller);
  pbx.wait(7);
  pbx.say('QueueCallerAbandon', { ...pbx.viewOf(caller), Queue: '600' });
  pbx.hangsUp(caller);
  assert.is(onlyRow(pbx).outcome, 'abandoned');
});

test('inbound is missed when its time in the queue was over and the PBX ended it elsewhere', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('DAHDI/i1/6912345678');
  pbx.answers(caller);
  pbx.wait(30);
  pbx.say('QueueCallerAbandon', { ...pbx.viewOf(caller), Queue: '600' });
  pbx.goesTo(caller, 'app-blackhole', 'hangup');
  pbx.hangsUp(caller);
  assert.is(onlyRow(pbx).outcome, 'missed');
});

test('inbound is voicemail from when the caller came Up in it', () => {
  const { pbx, caller, phone } = ringing();
  pbx.hangsUp(phone);
  pbx.goesTo(caller, 'macro-vm', 's-NOANSWER');
  pbx.answers(caller);
  pbx.wait(30);
  pbx.hangsUp(caller);
  const row = onlyRow(pbx);
  assert.equal([row.outcome, row.ring_seconds, row.answered_at], ['voicemail', 15, null]);
});

test('inbound is voicemail from when the last phone stopped ringing, if the PBX had answered before', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.answers(caller);
  const phone = pbx.rings('101', caller);
  pbx.wait(20);
  pbx.hangsUp(phone);
  pbx.wait(2);
  pbx.goesTo(caller, 'macro-vm', 's-NOANSWER');
  pbx.say('MessageWaiting', { ...pbx.viewOf(caller), Mailbox: '101@default' });
  pbx.hangsUp(caller);
  const row = onlyRow(pbx);
  assert.equal([row.outcome, row.ring_seconds], ['voicemail', 20]);
});

test('inbound is voicemail by its record alone, whose local time is put right', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.answers(caller);
  pbx.wait(20);
  pbx.hangsUp(caller);
  const inAthens = (seconds: number) =>
    new Date((pbx.now() / 1e6 + seconds + 2 * 3600) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  pbx.say('Cdr', {
    Channel: caller.name,
    UniqueID: caller.uniqueid,
    LastApplication: 'VoiceMail',
    Disposition: 'ANSWERED',
    StartTime: inAthens(-8),
    EndTime: inAthens(0),
  });
  const row = onlyRow(pbx);
  assert.equal([row.outcome, row.ring_seconds], ['voicemail', 12]);
});

test.run();

/** As the keys of the one who is dialled. */
function dest(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [`Dest${key}`, value]));
}
