import * as assert from 'uvu/assert';
import { fold, onlyRow, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a person spoke with the outside');

/** A phone rings for 4 s, is asked something for 5 s, and speaks with the caller for 10 s. */
function takenLate(pbx: ScenarioPbx, caller: ReturnType<ScenarioPbx['comesIn']>) {
  const phone = pbx.rings('101', caller);
  pbx.wait(4);
  pbx.answers(phone);
  pbx.wait(5);
  pbx.connects(caller, phone);
  pbx.wait(10);
  for (const channel of [caller, phone]) pbx.hangsUp(channel);
  return onlyRow(pbx);
}

test('when a phone inside shares a bridge with it', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.wait(4);
  pbx.connects(caller, phone);
  pbx.wait(10);
  for (const channel of [caller, phone]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.outcome, row.extensions, row.rang], ['answered', ['101'], ['101']]);
  assert.equal([row.ring_seconds, row.duration_seconds, row.body], [4, 10, 'Call duration: 10s']);
});

test('from when both hear each other, not from when the phone was picked up and asked whether it takes the call', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const row = takenLate(pbx, caller);
  assert.equal([row.ring_seconds, row.duration_seconds, row.answered_at], [9, 10, row.segments[0]?.from]);
});

test('nor from when an agent was picked up to whom an announcement is played while the caller waits', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.answers(caller);
  const row = takenLate(pbx, caller);
  assert.equal([row.ring_seconds, row.duration_seconds], [9, 10]);
});

test('and never where the phone that picked up did not take the call', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.wait(4);
  pbx.answers(phone);
  pbx.wait(5);
  pbx.hangsUp(phone);
  pbx.hangsUp(caller);
  const row = onlyRow(pbx);
  assert.equal([row.outcome, row.answered_at, row.duration_seconds], ['missed', null, 0]);
});

test('through any number of Local channels', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.answers(caller);
  const half = (name: string, linkedid: string) => pbx.localHalf(name, linkedid);
  const [one, two] = [
    half('Local/103@from-queue-00000001;1', caller.linkedid),
    half('Local/103@from-queue-00000001;2', caller.linkedid),
  ];
  const phone = pbx.rings('103', two);
  pbx.wait(3);
  pbx.connects(two, phone);
  assert.is(fold(pbx).current[0]?.state, 'in_pbx');
  pbx.connects(caller, one);
  assert.is(fold(pbx).current[0]?.state, 'talking');
  pbx.wait(5);
  for (const channel of [caller, one, two, phone]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.extensions, row.ring_seconds, row.duration_seconds], [['103'], 3, 5]);
});

test('also the outside phone that the call was forwarded to, as no extension', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const mobile = pbx.dialsOut('mytrunk', '6977123456', caller);
  pbx.wait(6);
  pbx.connects(caller, mobile);
  pbx.wait(8);
  for (const channel of [caller, mobile]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.outcome, row.extensions], ['inbound', 'answered', []]);
  assert.is(row.external_number, '+306912345678');
  assert.is(row.segments[0]?.party, 'external:6977123456');
});

test('but not the music of a parking lot or waiting room', () => {
  const pbx = new ScenarioPbx();
  const [first, second] = [pbx.comesIn('PJSIP/mytrunk'), pbx.phoneDials('101', '71')];
  for (const channel of [first, second]) {
    pbx.answers(channel);
    pbx.enters(channel, 'lot', 'parking', 'holding_bridge');
  }
  pbx.wait(5);
  pbx.asksToHangUp(first);
  for (const channel of [first, second]) pbx.hangsUp(channel);
  assert.is(onlyRow(pbx).outcome, 'abandoned');
});

test('nor by those who are listed in the same parking lot, whose list names no types', () => {
  const pbx = new ScenarioPbx();
  const [caller, waiting] = [pbx.comesIn('PJSIP/mytrunk'), pbx.phoneDials('101', '71')];
  for (const channel of [caller, waiting]) {
    pbx.answers(channel);
    pbx.say('CoreShowChannel', { ...pbx.viewOf(channel), BridgeId: 'lot' });
  }
  pbx.wait(5);
  for (const channel of [caller, waiting]) {
    pbx.leaves(channel, 'lot', 'parking', 'holding_bridge');
    pbx.hangsUp(channel);
  }
  const row = onlyRow(pbx);
  assert.equal([row.outcome, row.extensions], ['missed', []]);
});

test('in a conference when a phone inside is there, and strangers stay strangers', () => {
  const pbx = new ScenarioPbx();
  const [one, other] = [pbx.comesIn('PJSIP/mytrunk'), pbx.comesIn('PJSIP/mytrunk', { number: '6900000002' })];
  for (const channel of [one, other]) {
    pbx.answers(channel);
    pbx.enters(channel, 'conference', 'base', 'softmix');
  }
  pbx.wait(5);
  pbx.asksToHangUp(one);
  pbx.hangsUp(one);
  const phone = pbx.phoneDials('101', '8000');
  pbx.answers(phone);
  pbx.enters(phone, 'conference', 'base', 'softmix');
  assert.is(fold(pbx).current[0]?.state, 'talking');
  pbx.wait(5);
  for (const channel of [other, phone]) pbx.hangsUp(channel);
  const rows = fold(pbx).entries;
  assert.equal(
    rows.map(({ outcome, extensions }) => [outcome, extensions]),
    [
      ['abandoned', []],
      ['answered', ['101']],
    ],
  );
});

test('in a conference from when it came in there, by everybody who waited', () => {
  const pbx = new ScenarioPbx();
  const callers = ['6900000001', '6900000002'].map((number) => pbx.comesIn('PJSIP/mytrunk', { number }));
  for (const channel of callers) {
    pbx.answers(channel);
    pbx.enters(channel, 'conference', 'base', 'softmix');
  }
  pbx.wait(5);
  const phone = pbx.phoneDials('101', '8000');
  pbx.answers(phone);
  pbx.wait(3);
  pbx.enters(phone, 'conference', 'base', 'softmix');
  pbx.wait(4);
  for (const channel of [...callers, phone]) pbx.hangsUp(channel);
  assert.equal(
    fold(pbx).entries.map((row) => [row.ring_seconds, row.duration_seconds]),
    [
      [8, 4],
      [8, 4],
    ],
  );
});

test('from when it came into the conference, also if it had been called by a colleague before', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.answers(caller);
  pbx.enters(caller, 'conference', 'base', 'softmix');
  const colleague = pbx.phoneDials('102', '101');
  const phone = pbx.rings('101', colleague);
  pbx.wait(2);
  const talk = pbx.connects(colleague, phone);
  pbx.wait(10);
  for (const channel of [phone, colleague]) pbx.leaves(channel, talk);
  pbx.hangsUp(colleague);
  pbx.enters(phone, 'conference', 'base', 'softmix');
  pbx.wait(5);
  for (const channel of [caller, phone]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.extensions, row.ring_seconds, row.duration_seconds], [['101'], 12, 5]);
});

test('the phone that stayed, when two race', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const [slow, quick] = [pbx.rings('101', caller), pbx.rings('102', caller)];
  pbx.wait(3);
  const bridge = pbx.connects(caller, slow);
  pbx.wait(0.01);
  pbx.leaves(slow, bridge);
  pbx.answers(quick);
  pbx.enters(quick, bridge);
  pbx.wait(9);
  for (const channel of [slow, quick, caller]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.extensions, row.rang], [['102'], ['101', '102']]);
});

test('one extension with two phones is one extension', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const [desk, soft] = [pbx.rings('105', caller), pbx.rings('105', caller)];
  pbx.connects(caller, soft);
  pbx.wait(3);
  for (const channel of [desk, soft, caller]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.extensions, row.rang], [['105'], ['105']]);
});

test('with whoever picked up the ringing of another phone', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.wait(3);
  const picker = pbx.phoneDials('102', '**101');
  pbx.says('Pickup', [
    ['', picker],
    ['Target', phone],
  ]);
  pbx.hangsUp(phone, 26);
  pbx.connects(caller, picker);
  pbx.wait(7);
  for (const channel of [caller, picker]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.ext_message_id, row.extensions, row.ring_seconds], [caller.uniqueid, ['102'], 3]);
});

test('but a supervisor who listens in is not of the call', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.connects(caller, phone);
  const spy = pbx.phoneDials('109', '*222101');
  pbx.says('ChanSpyStart', [
    ['Spyer', spy],
    ['Spyee', phone],
  ]);
  pbx.wait(5);
  for (const channel of [caller, phone]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.extensions, row.incomplete], [['101'], []]);
});

test.run();
