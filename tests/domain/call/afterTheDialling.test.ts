// What Dial makes of a phone that picked up, beside bridging it: `app_dial.c` of Asterisk 22, `stasis_bridges.c` for Threeway.
import * as assert from 'uvu/assert';
import type { CallEntry } from '../../../src/domain/entry.ts';
import { fold, onlyRow, type ScenarioChannel, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('one call');

function ends(pbx: ScenarioPbx, caller: ScenarioChannel, called: ScenarioChannel, DialStatus: string): void {
  const channels = [['', caller] as const, ['Dest', called] as const];
  pbx.says('DialEnd', channels, { DialStatus });
}

/** 101 picks up after 3 s and hears the routine of Dial's option U for 5, which ends the dialling so. */
function asked(pbx: ScenarioPbx, status: string, { isUp = false } = {}): ScenarioChannel {
  const caller = pbx.comesIn('PJSIP/mytrunk');
  if (isUp) pbx.answers(caller);
  const phone = pbx.rings('101', caller);
  pbx.wait(3);
  pbx.answers(phone);
  pbx.wait(5);
  ends(pbx, caller, phone, status);
  pbx.hangsUp(phone);
  return caller;
}

/** Somebody else inside is dialled, picks up after 2 s and speaks for 4. */
function goesOn(pbx: ScenarioPbx, caller: ScenarioChannel): void {
  pbx.goesTo(caller, 'from-internal', '102');
  const phone = pbx.rings('102', caller);
  pbx.wait(2);
  pbx.answers(phone);
  ends(pbx, caller, phone, 'ANSWER');
  const talk = pbx.connects(caller, phone);
  pbx.wait(4);
  for (const channel of [phone, caller]) pbx.leaves(channel, talk);
  for (const channel of [phone, caller]) pbx.hangsUp(channel);
}

function what({ outcome, rang, extensions, ring_seconds, duration_seconds, incomplete }: CallEntry) {
  return [outcome, rang, extensions, ring_seconds, duration_seconds, incomplete];
}

for (const status of ['GOTO:from-internal^102^1', 'GOTO', 'CONTINUE', 'BUSY', 'CONGESTION']) {
  for (const isUp of [false, true]) {
    test(`where the phone that picked up sends the caller on (${status}, ${isUp ? 'answered by the PBX' : 'ringing'})`, () => {
      const pbx = new ScenarioPbx();
      goesOn(pbx, asked(pbx, status, { isUp }));
      assert.equal(what(onlyRow(pbx)), ['answered', ['101', '102'], ['102'], 10, 4, []]);
    });
  }
}

test('that nobody took where the phone that picked up ends it (ABORT)', () => {
  for (const isUp of [false, true]) {
    const pbx = new ScenarioPbx();
    pbx.hangsUp(asked(pbx, 'ABORT', { isUp }));
    assert.equal(what(onlyRow(pbx)), ['missed', ['101'], [], 8, 0, []]);
  }
});

test('where both are sent into a conference instead of a bridge (option G)', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.wait(3);
  pbx.answers(phone);
  pbx.answers(caller);
  for (const channel of [caller, phone]) pbx.goesTo(channel, 'rooms', '8000');
  ends(pbx, caller, phone, 'ANSWER');
  for (const channel of [caller, phone]) pbx.enters(channel, 'room', 'base', 'softmix');
  pbx.wait(6);
  for (const channel of [caller, phone]) pbx.hangsUp(channel);
  assert.equal(what(onlyRow(pbx)), ['answered', ['101'], ['101'], 3, 6, []]);
});

test('where the outside goes on in the dialplan when the phone that called it has gone (option F)', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.phoneDials('101', '6945556677');
  const trunk = pbx.dialsOut('mytrunk', '6945556677', phone);
  pbx.wait(3);
  const talk = pbx.connects(phone, trunk);
  pbx.wait(4);
  for (const channel of [phone, trunk]) pbx.leaves(channel, talk);
  pbx.hangsUp(phone);
  goesOn(pbx, trunk);
  const row = onlyRow(pbx);
  assert.equal([row.ext_message_id, row.direction], [phone.uniqueid, 'outbound']);
  assert.equal(what(row), ['answered', ['102'], ['101', '102'], 3, 10, []]);
});

test('of three where a consultation becomes a conference of all (DestType Threeway)', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.wait(3);
  const bridge = pbx.connects(caller, phone);
  pbx.wait(4);
  pbx.leaves(phone, bridge);
  const [one, two] = [1, 2].map((half) => pbx.localHalf(`Local/102@from-internal-00000001;${half}`, caller.linkedid));
  if (!one || !two) throw new Error('a Local channel has two halves');
  const colleague = pbx.rings('102', two);
  pbx.wait(2);
  pbx.connects(two, colleague);
  const consultation = pbx.connects(phone, one);
  pbx.wait(3);
  for (const channel of [phone, one]) pbx.leaves(channel, consultation);
  for (const channel of [phone, one]) pbx.enters(channel, bridge);
  const parts = [
    ['OrigTransferer', phone],
    ['SecondTransferer', phone],
    ['Transferee', caller],
  ] as const;
  const dest = { DestType: 'Threeway', DestBridgeUniqueid: bridge, DestTransfererChannel: phone.name };
  pbx.says('AttendedTransfer', [...parts, ['TransferTarget', one]], { Result: 'Success', ...dest });
  pbx.wait(5);
  pbx.leaves(phone, bridge);
  pbx.hangsUp(phone);
  pbx.wait(2);
  for (const channel of [caller, one, two, colleague]) pbx.hangsUp(channel);
  assert.equal(what(onlyRow(pbx)), ['answered', ['101', '102'], ['101', '102'], 3, 16, []]);
});

test('each, of the two with whom an analog phone speaks at once after a flash', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('DAHDI/i1/6912345678');
  const phone = pbx.called('DAHDI/7', caller, { context: 'from-internal', number: '107' }, '7');
  pbx.wait(3);
  const talk = pbx.connects(caller, phone);
  pbx.wait(4);
  pbx.say('Hold', pbx.viewOf(caller));
  const second = pbx.comesIn('DAHDI/7', { context: 'from-internal', exten: '6945556677', number: '107' });
  const trunk = pbx.dialsOut('mytrunk', '6945556677', second);
  pbx.wait(2);
  const other = pbx.connects(second, trunk);
  pbx.wait(2);
  pbx.say('Unhold', pbx.viewOf(caller));
  pbx.wait(10);
  for (const channel of [trunk, second]) pbx.leaves(channel, other);
  for (const channel of [trunk, second]) pbx.hangsUp(channel);
  for (const channel of [caller, phone]) pbx.leaves(channel, talk);
  for (const channel of [caller, phone]) pbx.hangsUp(channel);
  assert.equal(
    fold(pbx).entries.map((row) => [row.direction, row.external_number, row.extensions, row.duration_seconds]),
    [
      ['inbound', '+306912345678', ['107'], 18],
      ['outbound', '+306945556677', ['107'], 12],
    ],
  );
});

test('where a channel without dialplan is redirected: another takes its place under its id (Surrogate)', () => {
  const pbx = new ScenarioPbx();
  const trunk = pbx.dialsOutByItself('mytrunk', '6945556677');
  pbx.wait(3);
  pbx.answers(trunk);
  pbx.wait(2);
  const surrogate = pbx.localHalf(`Surrogate/${trunk.name}`, trunk.linkedid);
  const zombie = { ...pbx.viewOf(surrogate), Channel: `${trunk.name}<ZOMBIE>` };
  pbx.say('Rename', { ...zombie, Channel: trunk.name, Newname: `${trunk.name}<ZOMBIE>` });
  pbx.say('Hangup', { ...zombie, Cause: '0' });
  goesOn(pbx, trunk);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.external_number], ['outbound', '+306945556677']);
  assert.equal([row.outcome, row.extensions, row.duration_seconds], ['answered', ['102'], 4]);
});

test('whose phones rang in the order in which they began to, also where that was read at once', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const [later, first] = ['102', '101'].map((number) => pbx.called(`PJSIP/${number}`, caller, { number }));
  for (const phone of [first, later]) if (phone) pbx.say('Newstate', { ...pbx.viewOf(phone), ChannelState: '5' });
  pbx.wait(3);
  for (const channel of [first, later, caller]) if (channel) pbx.hangsUp(channel);
  assert.equal(onlyRow(pbx).rang, ['101', '102']);
});

test.run();
